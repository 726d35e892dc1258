//! The beginning: a device is given a name and a place, and each keyer a passphrase on it.

import { Denied, Unreached, type Staff } from "../api";
import type { App, Page } from "./app";
import { form, line, type Wrong } from "./fields";
import { button, callout, el, facts, heading, inset, link, list, paragraph, type Child } from "./dom";
import { newPassphrase, wrongWith } from "./passphrase";

/** Enrols this device, and then makes the profile of whoever is signed in. */
export async function begin(app: App): Promise<Page> {
  const { device, status } = app;
  const what = status.device ? "Add a keyer to this device" : "Set this device up";
  let staff: Staff | null;
  try {
    staff = await device.signedIn();
  } catch (error) {
    if (error instanceof Unreached) return unreached(app, what);
    throw error;
  }
  if (!staff) return signIn(app, what);
  if (!status.device) return enrolment(app, staff);
  const known = status.profiles.find((profile) => profile.id === staff.id);
  return known ? already(app, staff) : choose(app, staff);
}

function unreached(app: App, what: string): Page {
  return {
    title: what,
    back: app.status.device ? "/" : undefined,
    main: [
      heading(1, what),
      paragraph("This needs a network, once. After that you can work without one."),
      list("Connect this device to the network.", "If the network asks you to sign in to it first, as in some libraries, do that in another tab."),
      button("Try again", () => app.again()),
    ],
  };
}

/** Signing in happens at the desk, in another tab; when one comes back from there, it goes on by itself. */
function signIn(app: App, what: string): Page {
  const lead = el("a", { href: "/staff/sign-in", target: "_blank", class: "nhsuk-button", role: "button" }, "Sign in at the desk (opens in a new tab)");
  const back = (): void => {
    if (document.visibilityState === "visible") app.again();
  };
  document.addEventListener("visibilitychange", back);
  return {
    title: what,
    back: app.status.device ? "/" : undefined,
    main: [
      heading(1, what),
      paragraph(
        app.status.device
          ? "Each keyer has a passphrase of their own on this device. Whoever is to be added signs in first."
          : "With this app you key paper and interview people where there is no network. What you save is sent when there is one.",
      ),
      paragraph("To begin, sign in as a keyer or desk officer. You need this once; later you need only your passphrase."),
      lead,
      button("I have signed in", () => app.again(), "secondary"),
    ],
    leave: () => document.removeEventListener("visibilitychange", back),
  };
}

function enrolment(app: App, staff: Staff): Page {
  return {
    title: "Set this device up",
    main: [
      heading(1, "Set this device up"),
      paragraph(`You are signed in as ${staff.name}. The office sees the name and place of this device, and how much waits on it to be sent. It cannot see what you are writing.`),
      form(
        "Set up",
        async (typed) => enrolled(app, typed("name").trim(), typed("place").trim()),
        line({ id: "name", label: "What is this device called?", hint: "As people here know it, such as “Library laptop 3”. Not the name of a person." }),
        line({ id: "place", label: "Where is it used?", hint: "Such as “Southchurch library”." }),
      ),
    ],
  };
}

async function enrolled(app: App, name: string, place: string): Promise<Wrong[]> {
  const wrong: Wrong[] = [];
  if (name === "") wrong.push({ field: "name", text: "Enter what this device is called" });
  if (place === "") wrong.push({ field: "place", text: "Enter where this device is used" });
  if (wrong.length > 0) return wrong;
  try {
    await app.device.enrol(name, place);
  } catch (error) {
    if (error instanceof Unreached) return [{ field: "name", text: "The service cannot be reached. Check the network, and press the button again" }];
    if (error instanceof Denied) return [{ field: "name", text: `The service said no: ${error.message}` }];
    throw error;
  }
  app.again();
  return [];
}

function choose(app: App, staff: Staff): Page {
  const { device, status } = app;
  return {
    title: "Choose your passphrase",
    back: status.profiles.length > 0 ? "/" : undefined,
    main: [
      heading(1, "Choose your passphrase"),
      status.profiles.length === 0 && keeping(status.persisted),
      paragraph(`For ${staff.name}, on “${status.device?.name ?? ""}”.`),
      form(
        "Save passphrase",
        async (typed) => {
          const wrong = wrongWith(typed);
          if (wrong.length > 0) return wrong;
          const profile = await device.createProfile(typed("passphrase"));
          if (app.status.profile?.id !== profile.id) await device.unlock(profile.id, typed("passphrase"));
          app.go("/ready");
          return [];
        },
        ...newPassphrase(),
      ),
    ],
  };
}

/** What the browser answered when it was asked to keep the app's data. */
function keeping(persisted: boolean | null): Child {
  if (persisted) return inset(paragraph("The device is set up. This browser has promised to keep what you save."));
  return callout(
    "This browser has not promised to keep what you save",
    paragraph("The device is set up and can be used. The browser may delete the app’s data when it has no room, or when the app is not used for a week."),
    list("If this is a private (incognito) window, stop here and use an ordinary one: a private window forgets everything when it is closed.", "Add the app to the home screen, or install it from the browser’s menu.", "Connect to a network at least once a week, so that everything is sent."),
  );
}

function already(app: App, staff: Staff): Page {
  return {
    title: "Add a keyer to this device",
    back: "/",
    main: [
      heading(1, "Add a keyer to this device"),
      paragraph(`${staff.name} is signed in at the desk, and has a passphrase on this device already.`),
      paragraph("To add somebody else, sign out at the desk, let them sign in there, and come back here."),
      paragraph(link("/staff", "Go to the desk")),
      button("Somebody else has signed in", () => app.again(), "secondary"),
    ],
  };
}

/** What to know before the first piece of work. */
export function ready(app: App): Promise<Page> {
  const { status } = app;
  return Promise.resolve({
    title: "This device is ready",
    main: [
      heading(1, "This device is ready"),
      facts(["Device", status.device?.name ?? ""], ["Place", status.device?.place ?? ""], ["Keyer", status.profile?.name ?? ""]),
      list(
        "You can work without a network from now on. Open this address, or the app’s picture on the home screen: no network is needed for that either.",
        "“Saved” means that it is on this device’s disk.",
        "When there is a network, what you saved is sent by itself. Leave the app open for it.",
        "Lock the device when you walk away. Locking deletes nothing.",
      ),
      button("Begin", () => app.go("/")),
    ],
  });
}

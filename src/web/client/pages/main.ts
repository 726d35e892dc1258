//! Which address shows which page, and what is shown before any of them: a device that is locked, new, or cannot work.

import type { Changed, Device, Status } from "../api";
import { Locked } from "../api";
import { broken, isForRoom, noRoom, parts, render, say, to, type App, type Page, type Show } from "./app";
import { around } from "./around";
import { heading, paragraph } from "./dom";
import { watchIdleness } from "./idle";
import { batch, batches } from "./batches";
import { end } from "./ending";
import { begin, ready } from "./enrol";
import { help } from "./help";
import { home } from "./home";
import { interview } from "./interview/begin";
import { interviewing } from "./interview/interviewing";
import { thanks } from "./interview/thanks";
import { done, key } from "./key";
import { online } from "./online";
import { paper } from "./paper";
import { changePassphrase } from "./passphrase";
import { edit, queue, rescue } from "./queue";
import { unlock } from "./unlock";

/** How often the line about what waits is looked at again, in milliseconds. */
const LOOK_AGAIN_MS = 60_000;

const PAGES: Record<string, Show> = {
  "": home,
  ready,
  batches,
  batch,
  key,
  end,
  done,
  paper,
  interview,
  interviewing,
  thanks,
  queue,
  edit,
  rescue,
  passphrase: changePassphrase,
  full: () => Promise.resolve(noRoom()),
  help,
};

/** The page that stands before all others, if one does. */
function gate(status: Status, name: string): Show | null {
  if (status.storage === "none") return online;
  if (status.storage === "newer") return cannotWork;
  if (!status.device || status.profiles.length === 0 || name === "begin") return begin;
  return status.profile ? null : unlock;
}

/** The notice over the page says why. */
function cannotWork(): Promise<Page> {
  return Promise.resolve({ title: "The app cannot begin", main: [heading(1, "The app cannot begin"), paragraph("What to do is said above.")] });
}

/** Shows the app. */
export function start(device: Device): void {
  void run(device);
}

async function run(device: Device): Promise<void> {
  let status: Status = await device.status();
  let shown: Page | null = null;
  let line: Promise<void> = Promise.resolve();
  const app: App = {
    device,
    get status() {
      return status;
    },
    go: (path) => void (location.hash = to(path)),
    replace: (path) => {
      history.replaceState(null, "", to(path));
      void show();
    },
    again: () => void show(),
    say,
  };

  /** One page after the other: each lets go of what it had open before the next one asks for it. */
  function show(stays = false): Promise<void> {
    const next = (): Promise<void> => change(stays);
    line = line.then(next, next);
    return line;
  }

  async function change(stays: boolean): Promise<void> {
    await Promise.resolve(shown?.leave?.()).catch(() => undefined);
    status = await device.status();
    const page = await made(app);
    shown = page;
    render(page, stays);
    around(app, page.look);
  }

  async function made(app: App): Promise<Page> {
    const [name = "", ...rest] = parts();
    try {
      return await (gate(app.status, name) ?? PAGES[name] ?? home)(app, rest);
    } catch (error) {
      if (error instanceof Locked) return unlock(app);
      if (isForRoom(error)) return noRoom();
      return broken(error);
    }
  }

  async function changed(what: Changed): Promise<void> {
    status = await device.status();
    around(app, shown?.look);
    if (what === "lock") await show();
    else if (shown?.follows?.includes(what)) await show(true);
    else shown?.changed?.(what, status);
  }

  device.onChange((what) => void changed(what));
  for (const event of ["online", "offline"]) addEventListener(event, () => void changed("status"));
  // The words about how long something has waited grow old.
  setInterval(() => void changed("status"), LOOK_AGAIN_MS);
  addEventListener("hashchange", () => void show());
  watchIdleness(app);
  await show();
}

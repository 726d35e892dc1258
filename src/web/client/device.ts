//! The device: every part put together behind the one interface that pages use.

import type { Beginning, Changed, Device, Ending, Finalised, Kept, Notice, OpenDraft, Profile, Status, Unlocked } from "./api";
import { Core } from "./core";
import type { Settings } from "./core";
import * as drafts from "./drafts";
import { Denied, Unreached } from "./faults";
import { recall, remember } from "./marker";
import * as outbox from "./outbox";
import * as people from "./people";
import { pull } from "./pull";
import { rescueFile } from "./rescue";
import { mayBegin } from "./room";
import { passphraseFault } from "./seal";
import * as shelf from "./shelf";
import type { Info, Payload, Staff } from "./shapes";
import { Sender } from "./sync";
import { call, good } from "./transport";
import { Updates } from "./update";

/** How often the device looks after itself, in milliseconds: copies to delete, things to send, news to ask for. */
const TICK_MS = 30_000;

/** Opens the device. Never throws: `status()` says what stands in the way. */
export async function openDevice(settings: Partial<Settings> = {}): Promise<Device> {
  const device = new Opened(new Core(settings));
  await device.start();
  return device;
}

class Opened implements Device {
  private readonly sender: Sender;
  private readonly updates: Updates;
  private persisted: boolean | null = null;

  constructor(private readonly core: Core) {
    this.sender = new Sender(core);
    this.updates = new Updates(core);
  }

  async start(): Promise<void> {
    const condition = await this.core.begin();
    if (this.core.settings.alive) await this.updates.begin();
    if (condition === "none" || condition === "newer") return;
    this.persisted = (await navigator.storage?.persisted?.().catch(() => null)) ?? null;
    await this.lookForEviction();
    await this.tidy();
    if (this.core.settings.alive) this.live();
  }

  /** The events after which something may have to be kept, sent or deleted. */
  private live(): void {
    const keep = () => void this.core.keepAll();
    addEventListener("pagehide", keep);
    addEventListener("online", () => void this.sender.kick("online"));
    addEventListener("pageshow", () => void this.tick());
    document.addEventListener("visibilitychange", () => (document.hidden ? keep() : void this.tick()));
    this.core.onChange((what) => what === "queue" && void this.sender.kick("saved"));
    setInterval(() => void this.tick(), TICK_MS);
    void this.tick();
  }

  private async tick(): Promise<void> {
    await this.tidy();
    await this.sender.kick("timer");
    await this.lookAtRoom();
    if (navigator.onLine) await this.updates.look();
  }

  /** Says when nothing new can be begun, and takes that back. */
  private async lookAtRoom(): Promise<void> {
    await mayBegin(this.core).catch(() => undefined);
  }

  /** What has had its time goes: copies that could be opened again, and what was received long ago. */
  private async tidy(): Promise<void> {
    try {
      const due = await outbox.dropUndo(this.core, Date.now());
      if (due !== null) setTimeout(() => void outbox.dropUndo(this.core, Date.now()).catch(() => undefined), Math.max(0, due - Date.now()) + 5);
      await outbox.dropReceived(this.core, new Date(Date.now() - this.core.settings.keep_ms).toISOString());
    } catch (cause) {
      this.core.room(cause);
    }
  }

  /** The mark outside the database says that something was in it, and nothing is. */
  private async lookForEviction(): Promise<void> {
    const mark = recall();
    if (!mark || (await this.core.storage.meta("enrolment"))) return;
    await this.core.notice("evicted", String(mark.waiting + mark.drafts));
  }

  async status(): Promise<Status> {
    const { storage } = this.core;
    const usable = storage.condition === "ok" || storage.condition === "full";
    const profiles = usable ? await people.profiles(this.core) : [];
    const none = { drafts: 0, pending: 0, received: 0, attention: 0, oldest_pending: null, ever_received: 0 };
    const idle = { state: "idle", needs: null, until: null, reached: null, last_received_at: null } as const;
    return {
      storage: storage.condition,
      persisted: this.persisted,
      online: navigator.onLine,
      device: (usable && (await storage.meta("enrolment"))) || null,
      profile: profiles.find((one) => one.id === this.core.session?.profile) ?? null,
      profiles,
      counts: usable ? await outbox.counts(this.core) : none,
      sending: usable ? await this.sender.doing() : idle,
      notices: this.core.told(),
      checked_at: (usable && (await storage.meta("checked_at"))) || null,
      update_waiting: this.updates.waiting,
    };
  }

  onChange(tell: (what: Changed) => void): () => void {
    return this.core.onChange(tell);
  }

  dismiss(code: Notice["code"]): Promise<void> {
    return this.core.unnotice(code);
  }

  private async info(): Promise<Info> {
    const { base, timeout_ms } = this.core.settings;
    const { body } = good(await call(`${base}/info`, { timeout_ms }));
    if (body.service !== "soundings-sync") throw new Unreached("what answered was not the service");
    return body as unknown as Info;
  }

  async signedIn(): Promise<Staff | null> {
    return (await this.info()).staff ?? null;
  }

  async enrol(name: string, place: string): Promise<void> {
    const { base, timeout_ms } = this.core.settings;
    const known = await this.core.storage.meta("enrolment");
    const wanted = { name, place, ...(known ? { device_id: known.device_id } : {}) };
    const { body } = good(await call(`${base}/devices`, { method: "POST", body: JSON.stringify(wanted), timeout_ms }));
    const device_id = body.device_id;
    const { keys, limits, epoch, beacon } = body as unknown as Info;
    if (typeof device_id !== "string" || !keys) throw new Unreached("what answered was not the service");
    await this.core.storage.write(["meta"], async (tx) => {
      await Promise.all([
        tx.store.put({ device_id, name, place }, "enrolment"),
        tx.store.put(keys, "keys"),
        tx.store.put(limits, "limits"),
        tx.store.put(beacon, "beacon"),
      ]);
      if (known?.device_id === device_id) return;
      // Another device begins its own numbers; what the one before sealed goes to the office by a rescue file.
      await Promise.all([tx.store.put(epoch, "epoch"), tx.store.put(0, "device_seq"), tx.store.delete("anchor"), tx.store.delete("cursor")]);
    });
    await this.core.unnotice("revoked");
    await remember(this.core);
    await this.persist();
    await pull(this.core);
    await this.sender.resume();
  }

  /** Asks the browser to keep what is here. */
  private async persist(): Promise<void> {
    this.persisted = (await navigator.storage?.persist?.().catch(() => false)) ?? false;
    if (!this.persisted) await this.core.notice("not_persisted", null);
  }

  async createProfile(passphrase: string): Promise<Profile> {
    const fault = passphraseFault(passphrase);
    if (fault) throw new RangeError(fault);
    const staff = await this.signedIn();
    if (!staff) throw new Denied(401, "not_signed_in", "Nobody is signed in at the desk in this browser.");
    return people.create(this.core, staff, passphrase);
  }

  unlock(profile: string, passphrase: string): Promise<Unlocked> {
    return people.unlock(this.core, profile, passphrase);
  }

  lock(): Promise<void> {
    return this.core.forget();
  }

  async changePassphrase(old: string, fresh: string): Promise<Unlocked> {
    const fault = passphraseFault(fresh);
    if (fault) throw new RangeError(fault);
    return people.change(this.core, old, fresh);
  }

  forgetProfile(profile: string): Promise<number> {
    return people.letGo(this.core, profile);
  }

  consultations() {
    return shelf.consultations(this.core);
  }

  bundle(digest: string) {
    return shelf.bundleOf(this.core, digest);
  }

  batches(consultation: string) {
    return shelf.batches(this.core, consultation);
  }

  async refresh(): Promise<void> {
    const needs = await pull(this.core);
    if (needs === "network") throw new Unreached("the service could not be reached, or not everything could be fetched");
    if (needs) await this.sender.stop(needs);
    if (needs) throw new Denied(401, needs, "This device needs to be enrolled again before it can ask.");
  }

  drafts() {
    return drafts.list(this.core);
  }

  begin(beginning: Beginning): Promise<OpenDraft> {
    return drafts.begin(this.core, beginning);
  }

  open(response_id: string): Promise<OpenDraft | null> {
    return drafts.open(this.core, response_id);
  }

  edit(revision_id: string): Promise<OpenDraft | null> {
    return drafts.edit(this.core, revision_id);
  }

  endSheet(end: { consultation: string; batch: number; sheet: number; outcome: Ending; reason: string }): Promise<Finalised> {
    const { consultation, batch, sheet, outcome, reason } = end;
    return this.without({ consultation, batch, sheet, response_id: outbox.freshId(), payload: { kind: "sheet_end", batch, sheet, outcome, reason } });
  }

  withdraw({ consultation, response_id, reason }: { consultation: string; response_id: string; reason: string }): Promise<Finalised> {
    return this.without({ consultation, batch: null, sheet: null, response_id, payload: { kind: "withdrawal", response_id, reason } });
  }

  /** Finalises what has no draft. */
  private without(ready: { consultation: string; batch: number | null; sheet: number | null; response_id: string; payload: Payload }): Promise<Finalised> {
    return outbox.finalise(this.core, { ...ready, revision_id: outbox.freshId(), draft: null });
  }

  kept(options: { state?: Kept["state"]; after?: number; most?: number } = {}): Promise<Kept[]> {
    return outbox.list(this.core, options);
  }

  async sendNow(): Promise<void> {
    await this.sender.kick("person");
    await this.lookAtRoom();
  }

  async retry(revision_id: string): Promise<void> {
    await outbox.sendAgain(this.core, revision_id);
    await this.sender.kick("person");
  }

  rescueFile(): Promise<File> {
    return rescueFile(this.core);
  }

  update(): Promise<boolean> {
    return this.updates.activate();
  }
}

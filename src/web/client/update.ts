//! Newer versions of the app: fetched in the background, activated only when nobody is writing and nothing is being sent.

import type { Core } from "./core";

/** Looks after the service worker. */
export class Updates {
  waiting = false;
  private registration: ServiceWorkerRegistration | null = null;

  constructor(private readonly core: Core) {}

  /** Registers the worker and watches for a newer one. Without one the app works online only. */
  async begin(): Promise<void> {
    if (!("serviceWorker" in navigator)) return;
    try {
      const had = navigator.serviceWorker.controller !== null;
      this.registration = await navigator.serviceWorker.register("/keying/sw.js", { scope: "/keying/", updateViaCache: "none" });
      this.registration.addEventListener("updatefound", () => this.watch(this.registration?.installing ?? null));
      this.watch(this.registration.installing ?? this.registration.waiting);
      if (had) navigator.serviceWorker.addEventListener("controllerchange", () => void this.reload());
    } catch {
      // A browser that refuses workers still keys online and keeps its queue.
    }
  }

  private watch(worker: ServiceWorker | null): void {
    const look = () => {
      const waiting = Boolean(this.registration?.waiting && navigator.serviceWorker.controller);
      if (waiting === this.waiting) return;
      this.waiting = waiting;
      this.core.changed("status");
    };
    worker?.addEventListener("statechange", look);
    look();
  }

  /** Asks whether there is a newer version. */
  async look(): Promise<void> {
    await this.registration?.update().catch(() => undefined);
    this.watch(this.registration?.waiting ?? null);
  }

  /** Activates the newer version; false when something is being typed or sent in any tab. */
  async activate(): Promise<boolean> {
    const worker = this.registration?.waiting;
    if (!worker) return false;
    await this.core.keepAll();
    const letGo: (() => void)[] = [];
    try {
      for (const name of ["sync", "unsaved"]) {
        const held = await this.soon(name);
        if (!held) return false;
        letGo.push(held);
      }
      const over = new Promise<boolean>((done) => {
        worker.addEventListener("statechange", () => (worker.state === "activated" || worker.state === "redundant") && done(worker.state === "activated"));
      });
      worker.postMessage({ what: "activate" });
      return await over;
    } finally {
      for (const release of letGo) release();
    }
  }

  /** Takes a lock that may be let go any moment, such as by a draft that was kept just now. */
  private async soon(name: string): Promise<(() => void) | null> {
    for (let turn = 0; turn < 10; turn += 1) {
      const held = await this.core.hold(name);
      if (held) return held;
      await new Promise((done) => setTimeout(done, 50));
    }
    return null;
  }

  private async reload(): Promise<void> {
    await this.core.keepAll();
    location.reload();
  }
}

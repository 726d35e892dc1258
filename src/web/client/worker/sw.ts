//! The service worker: the app's own files from the cache, whole or not at all. It sends nothing and keeps no answers.

declare const self: ServiceWorkerGlobalScope;

/** Written before this file when it is served: a name that changes with any of the files, and their addresses. */
declare const SHELL: { readonly version: string; readonly files: readonly string[] };

const OURS = "soundings-keying-shell-";
const CACHE = OURS + SHELL.version;
const PAGE = "/keying/";

/** Fetches every file afresh. One that fails fails the whole, and the version before stays. */
async function install(): Promise<void> {
  const cache = await caches.open(CACHE);
  try {
    await Promise.all(
      SHELL.files.map(async (address) => {
        const answer = await fetch(address, { cache: "reload", redirect: "error" });
        if (answer.status !== 200) throw new TypeError(`${answer.status} for ${address}`);
        await cache.put(address, answer);
      }),
    );
  } catch (cause) {
    await caches.delete(CACHE);
    throw cause;
  }
}

/** Only this version's shell stays; the forms' pictures and everybody else's caches are not touched. */
async function activate(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(OURS) && name !== CACHE).map((name) => caches.delete(name)));
}

/** With nothing to keep, the worker takes itself away: the way back from a version that must not stay. */
async function vanish(): Promise<void> {
  const names = await caches.keys();
  await Promise.all(names.filter((name) => name.startsWith(OURS)).map((name) => caches.delete(name)));
  await self.registration.unregister();
}

async function answer(request: Request, address: string): Promise<Response> {
  const shell = await caches.open(CACHE);
  const kept = (await shell.match(address)) ?? (await caches.match(request));
  return kept ?? fetch(request);
}

const gone = SHELL.files.length === 0;

self.addEventListener("install", (event) => {
  if (gone) event.waitUntil(self.skipWaiting());
  else event.waitUntil(install());
});

self.addEventListener("activate", (event) => event.waitUntil(gone ? vanish() : activate()));

self.addEventListener("message", (event) => {
  const { what } = (event.data ?? {}) as { what?: unknown };
  if (what === "activate") event.waitUntil(self.skipWaiting());
});

self.addEventListener("fetch", (event) => {
  if (gone || event.request.method !== "GET") return;
  const address = new URL(event.request.url);
  if (address.origin !== self.location.origin) return;
  if (event.request.mode === "navigate") {
    if (address.pathname.startsWith(PAGE)) event.respondWith(answer(event.request, PAGE));
  } else if (address.pathname.startsWith(`${PAGE}assets/`) || address.pathname.startsWith("/static/") || SHELL.files.includes(address.pathname)) {
    event.respondWith(answer(event.request, address.pathname));
  }
});

export {};

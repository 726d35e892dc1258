//! One service for all cases, a laptop that most cases of a file share, a network of its own for each, and what every case begins and ends with.

import assert from 'node:assert/strict';
import { after } from 'node:test';

import { Laptop, sound } from './bench.mjs';
import { Proxy } from './proxy.mjs';
import { Service } from './service.mjs';

let service;

/** The service, started by the first case that needs it and closed after the last of all files. */
async function running() {
  service ??= await Service.start();
  if (!service.alive) await service.begin();
  return service;
}

after(() => service?.close());

/**
 * What the cases of a file share: a laptop, and the networks. A network is an origin of its own, so that each case has a storage of its
 * own in the same browser; they are closed together, so that no two have the same port. At the end the browser is closed, and in the
 * files of its profile nothing can be read that was typed in any of the cases (I6).
 */
export function house() {
  const house = { laptop: null, networks: [] };
  after(async () => {
    await house.laptop?.context.close();
    const leaks = house.laptop?.leaks() ?? [];
    await house.laptop?.close();
    for (const network of house.networks) await network.close();
    assert.deepEqual(leaks, [], 'I6: what was typed can be read in the files of the browser');
  });
  return house;
}

async function laptopOf(house, own) {
  if (own) return Laptop.start(own === true ? {} : own);
  house.laptop ??= await Laptop.start();
  house.laptop.beginCase();
  return house.laptop;
}

/**
 * A case: an enrolled laptop, the fault, and then what must hold after every case, the last being that the fault has passed
 * and the queue empties by itself (I5), and that nothing typed can be read on the laptop's disk (I6). A case that does something
 * to the whole browser has a laptop of its `own`, started with what `own`
 * says.
 */
export function fault(house, work, { settings = {}, before: prepare, ends = true, own = false } = {}) {
  return async (test) => {
    const service = await running();
    const proxy = await Proxy.start(service.origin);
    house.networks.push(proxy);
    const laptop = await laptopOf(house, own);
    try {
      await prepare?.({ laptop, proxy });
      let page = await laptop.enrolled(service, proxy.origin, settings);
      page = (await work({ service, proxy, laptop, page, test })) ?? page;
      proxy.calm();
      if (ends) {
        await laptop.drain(page);
        await sound(service, laptop, page);
      }
      if (own) await laptop.context.close();
      assert.deepEqual(laptop.leaks(), [], 'I6: what was typed can be read in the files of the browser');
    } finally {
      proxy.down = true;
      await (own ? laptop.close() : laptop.endCase());
    }
  };
}

/** The number of lines that the service's log has of these ids. */
export function linesOf(service, ids) {
  const wanted = new Set(ids.map((id) => id.replaceAll('-', '')));
  return service.rows('select revision_id from sync_lines').filter((row) => wanted.has(row.revision_id.replaceAll('-', ''))).length;
}

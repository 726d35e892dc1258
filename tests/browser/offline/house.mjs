//! One service and one unreliable network for all cases of a file, and what every case begins and ends with.

import assert from 'node:assert/strict';
import { after, before } from 'node:test';

import { Laptop, sound } from './bench.mjs';
import { Proxy } from './proxy.mjs';
import { Service } from './service.mjs';

/** The service and the network of a file of cases, started before the first and closed after the last. */
export function house() {
  const house = { service: null, proxy: null };
  before(async () => {
    house.service = await Service.start();
    house.proxy = await Proxy.start(house.service.origin);
  });
  after(async () => {
    await house.proxy?.close();
    await house.service?.close();
  });
  return house;
}

/**
 * A case: an enrolled laptop, the fault, and then what must hold after every case, the last being that the fault has passed
 * and the queue empties by itself (I5), and that nothing typed can be read on the laptop's disk (I6).
 */
export function fault(house, work, { settings = {}, before: prepare, ends = true, profile = {} } = {}) {
  return async () => {
    const { service, proxy } = house;
    proxy.calm();
    const laptop = await Laptop.start(profile);
    try {
      await prepare?.(laptop);
      let page = await laptop.enrolled(service, proxy.origin, settings);
      page = (await work({ service, proxy, laptop, page })) ?? page;
      proxy.calm();
      if (ends) {
        await laptop.drain(page);
        await sound(service, laptop, page);
      }
      await laptop.context.close();
      assert.deepEqual(laptop.leaks(), [], 'I6: what was typed can be read in the files of the browser');
    } finally {
      await laptop.close();
    }
  };
}

/** The number of lines that the service's log has of these ids. */
export function linesOf(service, ids) {
  const wanted = new Set(ids.map((id) => id.replaceAll('-', '')));
  return service.rows('select revision_id from sync_lines').filter((row) => wanted.has(row.revision_id.replaceAll('-', ''))).length;
}

//! What can go wrong on a device, as errors that a page can tell apart.

/** The device is locked. */
export class Locked extends Error {}

/** It could not be kept on this device; `full` says that the storage has no room left. */
export class NotKept extends Error {
  constructor(
    readonly full: boolean,
    cause: unknown,
  ) {
    super(full ? "the storage of this browser is full" : "this browser did not keep it", { cause });
  }
}

/** The service could not be reached, or what answered was not the service. */
export class Unreached extends Error {}

/** The service answered that it will not: `code` as in its problem body, such as `forbidden` or `not_signed_in`. */
export class Denied extends Error {
  constructor(
    readonly status: number,
    readonly code: string,
    message: string,
  ) {
    super(message);
  }
}

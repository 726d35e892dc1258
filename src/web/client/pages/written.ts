//! What stands on a page of fields, read from it and put back on it: fields by name, marks under `mark.`, and the note.

import type { Entry } from "../api";

/** The longest margin note, in characters. */
const NOTE_LIMIT = 1000;

type Control = HTMLInputElement | HTMLTextAreaElement | HTMLSelectElement;

function controls(page: ParentNode): Control[] {
  return [...page.querySelectorAll<Control>("input[name], textarea[name], select[name]")];
}

/** An entry with nothing in it. */
export function nothing(): Entry {
  return { values: {}, marks: {}, note: "" };
}

/** Whether anything was entered at all. */
export function isEmpty(entry: Entry): boolean {
  return Object.keys(entry.values).length === 0 && Object.keys(entry.marks).length === 0 && entry.note === "";
}

/** What stands on a sheet. What is empty is left out. */
export function readSheet(page: ParentNode): Entry {
  const entry = nothing();
  for (const control of controls(page)) {
    const { name, value } = control;
    if (control instanceof HTMLInputElement && ["checkbox", "radio"].includes(control.type) && !control.checked) continue;
    if (value.trim() === "") continue;
    if (name.startsWith("mark.")) entry.marks[name.slice(5)] = value === "illegible" ? "illegible" : "spoiled";
    else if (name === "note") entry.note = [...value.trim()].slice(0, NOTE_LIMIT).join("");
    else (entry.values[name] ??= []).push(value);
  }
  return entry;
}

/** Puts an entry on a sheet. */
export function fillSheet(page: ParentNode, entry: Entry): void {
  for (const control of controls(page)) {
    const { name } = control;
    if (name.startsWith("mark.")) control.value = entry.marks[name.slice(5)] ?? "";
    else if (name === "note") control.value = entry.note;
    else putValues(control, entry.values[name] ?? []);
  }
}

/** Puts the values of a field into one of its controls. */
export function putValues(control: Control, values: readonly string[]): void {
  if (control instanceof HTMLInputElement && ["checkbox", "radio"].includes(control.type)) control.checked = values.includes(control.value);
  else control.value = values[0] ?? "";
}

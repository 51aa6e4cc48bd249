/**
 * Controls that come as chunks `scale:<kind>`: those of the package that a page does not start with, and those of scales
 * from outside it. Such a module's default export is a function that returns a `ScaleControl`. It is given what the page's
 * own controls are made of, so that one from outside needs no build, and the page's modules by their files, which are for
 * the package's own (`scales.chunks.mjs`).
 */

import shared from "virtual:shared";
import { signal } from "@preact/signals";
import { h } from "preact";
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { own } from "./keys";
import type { ChunkName, RubricSpec } from "./protocol";
import type { ScaleControl } from "./scale.types";
import { isKnown, register } from "./scales";
import { Button } from "./ui/button";
import { Choices } from "./ui/choices";
import { Key } from "./ui/key";

/** What such a module is given. Additions are fine; nothing here goes away without a new version of the protocol. */
export const host = {
  h,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
  Button,
  Choices,
  Key,
  /** Spread it on every focusable element that is no `Button`, so that JupyterLab leaves its keys alone. */
  own,
};
export type Host = typeof host;
type Module = (given: Host, modules: (file: string) => unknown) => ScaleControl;
type ChunkOf = (name: ChunkName) => Promise<Record<string, unknown>>;

/** How long a page that could be shown waits for its controls, since one that changes under the eye is worse; ms. */
const PATIENCE = 400;

/** By kind, why a control is not there; a kind that is on its way has no entry. */
const failures = signal<ReadonlyMap<string, string>>(new Map());

export const failureOf = (kind: string): string | undefined => failures.value.get(kind);

/** Fetch a control and register it; resolves also where that fails, and `failureOf` says so. */
export async function fetchControl(kind: string, chunk: ChunkOf): Promise<void> {
  fail(kind, undefined);
  try {
    const { default: make } = await chunk(`scale:${kind}`);
    if (isKnown(kind)) return;
    if (typeof make !== "function") throw new Error(`the control of scale '${kind}' exports no function`);
    const modules = shared();
    const control = (make as Module)(host, (file) => modules[file]);
    if (control?.kind !== kind)
      throw new Error(`the control of scale '${kind}' says that it is '${String(control?.kind)}'`);
    register(control);
  } catch (error) {
    fail(kind, error instanceof Error ? error.message : String(error));
  }
}

/** Fetch what a rubric needs and the page does not know; resolves when it is there, or has been waited for long enough. */
export async function fetchControls({ dimensions }: RubricSpec, chunk: ChunkOf): Promise<void> {
  const kinds = new Set(dimensions.map(({ scale }) => scale.kind).filter((kind) => !isKnown(kind)));
  if (kinds.size === 0) return;
  const enough = new Promise<void>((done) => setTimeout(done, PATIENCE));
  await Promise.race([enough, Promise.all([...kinds].map((kind) => fetchControl(kind, chunk)))]);
}

function fail(kind: string, words: string | undefined): void {
  const next = new Map(failures.peek());
  if (words === undefined) next.delete(kind);
  else next.set(kind, words);
  failures.value = next;
}

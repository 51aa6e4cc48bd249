/**
 * Controls of scales that the package does not ship. Such a module is a chunk whose default export is a function: it is
 * given what the page's own controls are made of, so that it needs no build, and returns a `ScaleControl`.
 */
import { h } from "preact";
import { useEffect, useId, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { own } from "./keys";
import type { ChunkName } from "./protocol";
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

/** Fetch and register what the page does not know yet. */
export async function adopt(
  kinds: string[],
  chunk: (name: ChunkName) => Promise<Record<string, unknown>>,
): Promise<void> {
  await Promise.all(
    kinds
      .filter((kind) => !isKnown(kind))
      .map(async (kind) => {
        const module = await chunk(`scale:${kind}`);
        if (typeof module.default !== "function") throw new Error(`the control of scale '${kind}' exports no function`);
        const control = (module.default as (given: Host) => ScaleControl)(host);
        if (control.kind !== kind) throw new Error(`the control of scale '${kind}' says that it is '${control.kind}'`);
        register(control);
      }),
  );
}

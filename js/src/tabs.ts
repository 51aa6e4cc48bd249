/** Which tabs are alive, so that one tab never sends what another is sending, and takes over what a dead one left. */

import { uuid } from "./uuid";

/** After this long an entry is taken over even where nobody can tell whether its tab lives: sending twice is harmless. */
export const STALE = 8000;

/** This browser tab, the same after a reload: what it left unsent is its own. */
export function thisTab(): string {
  const key = "rubricwidgets:tab";
  try {
    const known = sessionStorage.getItem(key);
    if (known) return known;
    const fresh = uuid();
    sessionStorage.setItem(key, fresh);
    return fresh;
  } catch {
    return uuid(); // no storage for this page
  }
}

const nameOf = (tab: string): string => `rubricwidgets:${tab}`;

/** Hold this tab's lock until the signal ends it. */
export function holdTab(tab: string, signal: AbortSignal): void {
  if (!navigator.locks) return;
  const held = () => new Promise<void>((resolve) => signal.addEventListener("abort", () => resolve(), { once: true }));
  navigator.locks.request(nameOf(tab), held).catch(() => undefined);
}

/** Tabs whose lock is held now; null where the browser cannot tell. */
export async function livingTabs(): Promise<((tab: string) => boolean) | null> {
  try {
    const held = await navigator.locks?.query();
    if (!held) return null;
    const names = new Set(held.held?.map((lock) => lock.name));
    return (tab) => names.has(nameOf(tab));
  } catch {
    return null;
  }
}

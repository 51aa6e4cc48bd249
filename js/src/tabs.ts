/** Which tabs are alive, so that one tab never sends what another is sending, and takes over what a dead one left. */

/** After this long an entry is taken over even where nobody can tell whether its tab lives: sending twice is harmless. */
export const STALE = 8000;

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

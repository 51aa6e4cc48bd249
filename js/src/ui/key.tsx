/** The name of a key beside what it does; screen readers have the list of keys instead. */
export function Key({ children }: { children: string | number }) {
  // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a kbd cannot have the focus
  return <kbd aria-hidden="true">{children}</kbd>;
}

/** A button that JupyterLab's command mode keeps its hands off. */
import type { JSX } from "preact";
import { own } from "../keys";

export function Button(props: JSX.IntrinsicElements["button"]) {
  return <button {...own} type="button" {...props} />;
}

/** True inside the rows of several responses: a control keeps to one line, and the dimension shows the legend once. */
import { createContext } from "preact";

export const Compact = createContext(false);

/** What is kept of conversations in the browser, each part under a name of its own, so that it is written and dropped alone. */
import type { Drafted, Outbox } from "../outbox";
import type { Said } from "./judgement";
import type { DeskEvent } from "./protocol";
import type { Choice } from "./tree";

export interface TurnDraft {
  text: string;
  /** The turn that is being edited: what is sent stands beside it as another branch. */
  edits: string | null;
}
export interface SaidDraft {
  said: Said;
  base: string | null;
  seconds: number;
}
/** By part: the turn being written, one that waits while another is edited, the judgement, the branch, the conversation. */
interface Parts {
  turn: TurnDraft;
  aside: TurnDraft;
  judgement: SaidDraft;
  view: { choice: Choice };
  here: { here: string };
}
export interface DeskDraft extends Drafted {
  state: Parts[keyof Parts];
  at: number;
}
export type DeskOutbox = Outbox<DeskEvent, DeskDraft>;

export class Kept {
  constructor(private readonly outbox: DeskOutbox) {}

  static item(part: keyof Parts, conversation: string): string {
    return `${part}:${conversation}`;
  }

  get<P extends keyof Parts>(part: P, conversation: string): Parts[P] | undefined {
    return this.outbox.drafts.get(Kept.item(part, conversation))?.state as Parts[P] | undefined;
  }

  put<P extends keyof Parts>(part: P, conversation: string, state: Parts[P] | null): void {
    const { study_id, rater } = this.outbox;
    const item = Kept.item(part, conversation);
    this.outbox.draft(item, state && { study_id, rater, item, state, at: Date.now() });
  }
}

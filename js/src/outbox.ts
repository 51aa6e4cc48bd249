/**
 * What must survive: what was submitted until the kernel acknowledges it, and drafts until they are submitted. Ratings as a
 * rule; another widget keeps its own things under a study id of its own.
 *
 * IndexedDB with strict durability outlives a killed browser; localStorage loses the last second or so. Every write is
 * mirrored in memory, so that without IndexedDB the page still works and can say that it is all there is.
 */
import { signal } from "@preact/signals";
import type { Problem, Rating } from "./protocol";
import type { DraftState } from "./session.types";

/** What is submitted, under a UUID; `item` is the draft that it was, `index` the place to show it at, if it has one. */
export interface Submitted {
  id: string;
  item: string;
  index?: number;
  submitted_at: number;
}
export interface Entry<T extends Submitted = Rating> {
  id: string;
  study_id: string;
  rater: string;
  /** What was submitted; the name is that of the first kind that there was. */
  rating: T;
  /** The tab that sends it; others leave it alone while that tab lives. */
  tab: string;
  /** When it was put here or last adopted, ms since the epoch. */
  since: number;
  refused?: { error: string; problems: Problem[] };
}
export interface Drafted {
  study_id: string;
  rater: string;
  item: string;
}
export interface DraftRecord extends Drafted {
  index: number;
  state: DraftState;
  seconds: number;
  /** UUID of the rating that the draft revises, when it was begun. */
  base: string | null;
}

const NAME = "rubricwidgets";
const VERSION = 1;

function open(): Promise<IDBDatabase> {
  return new Promise((resolve, reject) => {
    const request = indexedDB.open(NAME, VERSION);
    request.onupgradeneeded = () => {
      const entries = request.result.createObjectStore("outbox", { keyPath: ["study_id", "rater", "id"] });
      entries.createIndex("rater", ["study_id", "rater"]);
      const drafts = request.result.createObjectStore("drafts", { keyPath: ["study_id", "rater", "item"] });
      drafts.createIndex("rater", ["study_id", "rater"]);
    };
    request.onsuccess = () => resolve(request.result);
    request.onerror = () => reject(request.error ?? new Error("storage cannot be opened"));
    request.onblocked = () => reject(new Error("storage is held by another version of the page"));
  });
}

export class Outbox<T extends Submitted = Rating, D extends Drafted = DraftRecord> {
  /** False: nothing written here outlives the page. */
  readonly durable = signal(true);
  readonly ready: Promise<void>;
  /** This page's own entries, in the order of submission. */
  readonly own = new Map<string, Entry<T>>();
  readonly drafts = new Map<string, D>();
  #database: IDBDatabase | null = null;
  #writing = new Map<string, Promise<void>>();
  #dirty = new Set<string>();

  constructor(
    readonly study_id: string,
    readonly rater: string,
  ) {
    this.ready = this.#start();
  }

  async #start(): Promise<void> {
    try {
      this.#database = await open();
      this.#database.onversionchange = () => this.#database?.close();
      for (const draft of await this.#all<D>("drafts"))
        if (!this.drafts.has(draft.item)) this.drafts.set(draft.item, draft);
    } catch (error) {
      this.#fail(error);
    }
  }

  /** Entries of this study and rater that any tab of this browser left. */
  async left(): Promise<Entry<T>[]> {
    try {
      const entries = await this.#all<Entry<T>>("outbox");
      return entries.sort((one, other) => one.rating.submitted_at - other.rating.submitted_at);
    } catch (error) {
      this.#fail(error);
      return [];
    }
  }

  /** Put an entry and drop the draft that became it, in one transaction. Resolves once it is on disk, or in memory only. */
  async submit(entry: Entry<T>, item: string): Promise<void> {
    this.own.set(entry.id, entry);
    this.drafts.delete(item);
    this.#dirty.delete(item);
    await this.#writing.get(item);
    await this.#write(["outbox", "drafts"], "strict", (entries, drafts) => {
      entries?.put(entry);
      drafts?.delete([this.study_id, this.rater, item]);
    });
  }

  async put(entry: Entry<T>): Promise<void> {
    this.own.set(entry.id, entry);
    await this.#write(["outbox"], "strict", (entries) => entries?.put(entry));
  }

  /** The kernel has it: forget it. */
  async remove(id: string): Promise<void> {
    this.own.delete(id);
    await this.#write(["outbox"], "relaxed", (entries) => entries?.delete([this.study_id, this.rater, id]));
  }

  /** Keep or drop (null) a draft. Writes of one item never overlap; the last state wins. */
  draft(item: string, record: D | null): void {
    if (record) this.drafts.set(item, record);
    else if (!this.drafts.delete(item)) return;
    this.#dirty.add(item);
    if (!this.#writing.has(item)) {
      const write = this.#writeDraft(item).finally(() => this.#writing.delete(item));
      this.#writing.set(item, write);
    }
  }

  /** Resolves when every draft that was given is written. */
  async flushed(): Promise<void> {
    await Promise.all(this.#writing.values());
  }

  close(): void {
    this.#database?.close();
    this.#database = null;
  }

  async #writeDraft(item: string): Promise<void> {
    await this.ready;
    while (this.#dirty.delete(item)) {
      const record = this.drafts.get(item);
      await this.#write(["drafts"], "relaxed", (drafts) => {
        if (record) drafts?.put(record);
        else drafts?.delete([this.study_id, this.rater, item]);
      });
    }
  }

  async #write(
    stores: string[],
    durability: "strict" | "relaxed",
    work: (...stores: (IDBObjectStore | undefined)[]) => void,
  ): Promise<void> {
    await this.ready;
    const database = this.#database;
    if (!database) return;
    try {
      await new Promise<void>((resolve, reject) => {
        const transaction = database.transaction(stores, "readwrite", { durability });
        work(...stores.map((name) => transaction.objectStore(name)));
        transaction.oncomplete = () => resolve();
        transaction.onabort = () => reject(transaction.error ?? new Error("storage refused the write"));
        transaction.onerror = () => reject(transaction.error ?? new Error("storage refused the write"));
      });
      this.durable.value = true;
    } catch (error) {
      this.#fail(error);
    }
  }

  #all<R>(store: string): Promise<R[]> {
    const database = this.#database;
    if (!database) return Promise.resolve([]);
    return new Promise((resolve, reject) => {
      const request = database.transaction(store).objectStore(store).index("rater").getAll([this.study_id, this.rater]);
      request.onsuccess = () => resolve(request.result as R[]);
      request.onerror = () => reject(request.error ?? new Error("storage cannot be read"));
    });
  }

  #fail(error: unknown): void {
    console.warn("rubricwidgets: no durable storage in this browser;", error);
    this.durable.value = false;
  }
}

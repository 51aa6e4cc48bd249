/** The reading pane: prompt or conversation, context, reference, and the responses side by side or stacked. */

import { own } from "../keys";
import type { ShownItem } from "../protocol";
import { MarkLayer, TextBlock } from "../text";
import { Diff } from "../text/diff";
import { Button } from "./button";
import { Key } from "./key";
import { letterOf, useView } from "./view";

const ROLES: Record<string, string> = { system: "System", user: "User", assistant: "Assistant", tool: "Tool" };

export function Reading({ item }: { item: ShownItem }) {
  const view = useView();
  const { session, reading, responses, here, only, diff, board } = view;
  const several = item.responses.length > 1;
  const chosen = only.value;
  const shown = chosen ? item.responses.filter(({ key }) => chosen.includes(key)) : item.responses;
  if (chosen) shown.sort((one, other) => chosen.indexOf(one.key) - chosen.indexOf(other.key));
  const compared = diff.value && shown.length === 2;
  const single = item.prompt.length === 1 && item.prompt[0]?.role === "user";
  return (
    <section
      {...own}
      class="rw-read"
      ref={(node) => {
        reading.current = node;
      }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling pane must be reachable by keyboard
      tabIndex={0}
      aria-label="Item to judge"
    >
      {single ? (
        <div class="rw-prompt">
          <TextBlock
            label="Prompt"
            text={item.prompt[0]?.content ?? ""}
            chunk={session.chunk}
            on={{ board, text: "prompt:0" }}
          />
        </div>
      ) : (
        <ol class="rw-conversation" aria-label="Conversation">
          {item.prompt.map((message, at) => (
            <li key={at} class={`rw-prompt rw-role-${message.role in ROLES ? message.role : "other"}`}>
              <TextBlock
                label={ROLES[message.role] ?? message.role}
                text={message.content}
                chunk={session.chunk}
                on={{ board, text: `prompt:${at}` }}
              />
            </li>
          ))}
        </ol>
      )}
      {item.context && (
        <div class="rw-context">
          <TextBlock label="Context" text={item.context} chunk={session.chunk} on={{ board, text: "context" }} />
        </div>
      )}
      <Reference text={item.reference} />
      {shown.length === 2 && (
        <p class="rw-compare">
          <Button
            class="rw-quiet"
            aria-pressed={compared}
            title="Mark the words that the other response has not"
            onClick={() => {
              diff.value = !diff.value;
            }}
          >
            Compare words <Key>d</Key>
          </Button>
        </p>
      )}
      <div class="rw-responses" data-n={shown.length}>
        {shown.map((response, at) => {
          const letter = letterOf(session, response.key);
          const now = several && here.value?.response === response.key;
          return (
            <article
              key={response.key}
              class={`rw-response ${now ? "rw-now" : ""}`}
              data-response={letter || "A"}
              aria-label={letter ? `Response ${letter}` : "Response"}
              ref={(node) => {
                if (node) responses.set(response.key, node);
                else responses.delete(response.key);
              }}
            >
              {compared ? (
                <div class="rw-text">
                  <div class="rw-text-head">
                    <h3 class="rw-text-label">Response {letter}</h3>
                  </div>
                  <div class="rw-text-body">
                    <Diff
                      before={shown[0]?.text ?? ""}
                      after={shown[1]?.text ?? ""}
                      chunk={session.chunk}
                      show={at ? "after" : "before"}
                      other={`response ${letterOf(session, shown[at ? 0 : 1]?.key ?? null)}`}
                    />
                  </div>
                </div>
              ) : (
                <TextBlock
                  label={letter ? `Response ${letter}` : "Response"}
                  text={response.text}
                  chunk={session.chunk}
                  on={{ board, text: `response:${response.key}` }}
                />
              )}
            </article>
          );
        })}
      </div>
      <MarkLayer
        board={board}
        say={(words) => {
          // The same words again are said again.
          view.said.value = view.said.peek() === words ? `${words}\u00a0` : words;
        }}
      />
    </section>
  );
}

function Reference({ text }: { text: string | null }) {
  const { session, referenceOpen } = useView();
  if (!text || session.plan.value?.reference === "hidden") return null;
  const asked = session.plan.value?.reference === "on_request";
  if (asked && !referenceOpen.value)
    return (
      <p class="rw-ask-reference">
        <Button
          onClick={() => {
            referenceOpen.value = true;
          }}
        >
          Show reference <Key>e</Key>
        </Button>
      </p>
    );
  return (
    <div class="rw-reference">
      <TextBlock label="Reference" text={text} chunk={session.chunk} />
      {asked && (
        <Button
          class="rw-quiet"
          onClick={() => {
            referenceOpen.value = false;
          }}
        >
          Hide reference
        </Button>
      )}
    </div>
  );
}

/** What the author says of the conversation: of a prompt how the models did, of an attack what came of it. */
import { useLayoutEffect, useState } from "preact/hooks";
import { own } from "../../keys";
import { Button } from "../../ui/button";
import { Key } from "../../ui/key";
import { count } from "../../ui/words";
import { judged, owesRationale } from "../judgement";
import type { Reply } from "../protocol";
import { isBlank } from "../tree";
import { Area } from "./area";
import { Criteria } from "./criteria";
import { Field, Terms } from "./field";
import { Tags } from "./tags";
import { useDesk } from "./view";
import { Words } from "./words";

export function Judge() {
  const view = useDesk();
  const { desk, judging } = view;
  return (
    <section
      {...own}
      class="rw-ask rw-judge"
      ref={(node) => {
        judging.current = node;
      }}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: a scrolling pane must be reachable by keyboard
      tabIndex={0}
      aria-label="Judgement"
    >
      <Earlier />
      {desk.config.mode === "prompts" ? <OfPrompt /> : <OfAttack />}
    </section>
  );
}

function Earlier() {
  const { desk } = useDesk();
  const judgement = desk.talk.value?.judgement;
  if (!judgement) return null;
  const prompts = desk.config.mode === "prompts";
  const what = judgement.decision === "discarded" ? "discarded" : prompts ? "kept" : "submitted";
  return (
    <p class="rw-earlier">
      {prompts ? "This prompt was" : "This attack was"} {what}. What you change now revises it; the first stays stored.
    </p>
  );
}

function OfPrompt() {
  const { desk } = useDesk();
  const spec = desk.spec.value;
  const { difficulty, reference, rationale } = desk.said.value;
  const answers = judged(desk.branch.value);
  if (!spec) return null;
  const wanted = (part: string): string => (spec.require.includes(part) ? "" : " Optional.");
  return (
    <>
      <Field
        field="verdicts"
        title={desk.several.value ? "Did the models fail?" : "Did the model fail?"}
        ask={
          answers.length ? undefined : "Try the prompt first; then say of each answer whether it is as it should be."
        }
      >
        {answers.map((reply) => (
          <VerdictOf key={reply.id} reply={reply} several={desk.several.value} />
        ))}
      </Field>
      <Field field="capability" title="Capability" ask={`What does it test?${wanted("capability")}`}>
        <Tags />
      </Field>
      <Field
        field="difficulty"
        title="Difficulty"
        ask={`For models as they are now.${wanted("difficulty")}`}
        said={difficulty}
      >
        <Terms
          field="difficulty"
          label="Difficulty"
          terms={spec.difficulties}
          value={difficulty}
          described
          onChoose={(name) => desk.say({ difficulty: name === difficulty ? null : name })}
        />
      </Field>
      <Field field="reference" title="Reference answer" ask={`The answer that you would want.${wanted("reference")}`}>
        <Area
          rows={3}
          value={reference}
          aria-label="Reference answer"
          onWrite={(text) => desk.say({ reference: text })}
        />
        {!reference && answers.length > 0 && (
          <div class="rw-tools">
            {answers.map(({ id, slot, content }) => (
              <Button key={id} class="rw-quiet" onClick={() => desk.say({ reference: content })}>
                Start from {desk.several.value ? `answer ${slot}` : "the answer"}
              </Button>
            ))}
          </div>
        )}
      </Field>
      <Field
        field="criteria"
        title="Checklist"
        ask={`By what should any answer be judged? One thing each; points below 0 for what must not be there.${wanted("criteria")}`}
        said={desk.said.value.criteria.length ? count(desk.said.value.criteria.length, "criterion", "criteria") : null}
      >
        <Criteria />
      </Field>
      <Field field="rationale" title="Note" ask="For whoever reads this prompt later. Optional.">
        <Area rows={1} value={rationale} aria-label="Note" onWrite={(text) => desk.say({ rationale: text })} />
      </Field>
    </>
  );
}

function VerdictOf({ reply, several }: { reply: Reply; several: boolean }) {
  const view = useDesk();
  const { desk } = view;
  const spec = desk.spec.value;
  const said = desk.said.value.verdicts;
  const verdict = said[reply.id];
  const name = several ? `Model ${reply.slot}` : "The model";
  const failed = verdict?.failed === true;
  useLayoutEffect(() => {
    if (!failed || view.writing.current !== reply.id) return;
    view.writing.current = null;
    view.focusField("verdicts", reply.id);
  }, [view, failed, reply.id]);
  const set = (failed: boolean): void => {
    const next = { ...said };
    // The same again takes it back.
    if (verdict?.failed === failed && !(failed && verdict.why)) delete next[reply.id];
    else next[reply.id] = { failed, why: verdict?.why ?? "" };
    desk.say({ verdicts: next });
  };
  if (!spec) return null;
  return (
    <div class="rw-verdict" data-reply={reply.id}>
      {/* biome-ignore lint/a11y/useSemanticElements: a group of two buttons in a row of its own */}
      <div class="rw-verdict-row" role="group" aria-label={`${name}: did it fail?`}>
        {several && <span class="rw-letter">{reply.slot}</span>}
        <Button
          class="rw-choice"
          aria-pressed={verdict?.failed === false}
          data-owed={!verdict}
          onClick={() => set(false)}
        >
          Passed {!several && <Key>p</Key>}
        </Button>
        <Button class="rw-choice" aria-pressed={verdict?.failed === true} onClick={() => set(true)}>
          Failed {!several && <Key>f</Key>}
        </Button>
        <span class="rw-muted">{verdict ? "" : "not set"}</span>
      </div>
      {verdict?.failed && (
        <Words
          label={`Why ${several ? `the answer of model ${reply.slot}` : "the answer"} failed`}
          value={verdict.why}
          required={spec.rationale.policy === "required"}
          rows={2}
          onWrite={(why) => desk.say({ verdicts: { ...said, [reply.id]: { failed: true, why } } })}
        />
      )}
    </div>
  );
}

function OfAttack() {
  const { desk } = useDesk();
  const spec = desk.spec.value;
  const [meanings, setMeanings] = useState(false);
  const { goal, strategy, outcome, severity, broke, rationale } = desk.said.value;
  if (!spec) return null;
  const held = outcome === spec.outcomes[0]?.name;
  const named = spec.strategies.filter(({ name, meaning }) => strategy.includes(name) && meaning);
  const wanted = (part: string): string => (spec.require.includes(part) ? "" : " Optional.");
  return (
    <>
      <Field field="goal" title="Goal" ask={`What should the model be brought to do?${wanted("goal")}`}>
        <Area rows={2} value={goal} aria-label="Goal" onWrite={(text) => desk.say({ goal: text })} />
      </Field>
      <Field
        field="strategy"
        title="Strategy"
        ask={`How do you go about it? All that you use.${wanted("strategy")}`}
        said={strategy.length ? count(strategy.length, "strategy", "strategies") : null}
      >
        <Terms
          field="strategy"
          label="Strategy"
          terms={spec.strategies}
          value={strategy}
          multiple
          described={meanings}
          onChoose={(name) =>
            desk.say({
              strategy: spec.strategies
                .map((term) => term.name)
                .filter((each) => (each === name ? !strategy.includes(each) : strategy.includes(each))),
            })
          }
        />
        {!meanings && named.length > 0 && (
          <dl class="rw-meanings">
            {named.map(({ name, meaning }) => (
              <div key={name}>
                <dt>{name}</dt>
                <dd class="rw-muted">{meaning}</dd>
              </div>
            ))}
          </dl>
        )}
        {spec.strategies.some(({ meaning }) => meaning) && (
          <div class="rw-tools">
            <Button class="rw-quiet" aria-pressed={meanings} onClick={() => setMeanings(!meanings)}>
              {meanings ? "Names only" : "What do they mean?"}
            </Button>
          </div>
        )}
      </Field>
      <Field field="outcome" title="Outcome" ask={`What came of it?${wanted("outcome")}`} said={outcome}>
        <Terms
          field="outcome"
          label="Outcome"
          terms={spec.outcomes}
          value={outcome}
          described
          onChoose={(name) => desk.say({ outcome: name === outcome ? null : name })}
        />
      </Field>
      {outcome !== null && !held && (
        <>
          <Field field="broke" title="Where it broke" said={broke === null ? null : <Broke reply={broke} />}>
            <Breaks />
          </Field>
          <Field field="severity" title="Severity" ask="Of the worst that it gave." said={severity}>
            <Terms
              field="severity"
              label="Severity"
              terms={spec.severities}
              value={severity}
              described
              onChoose={(name) => desk.say({ severity: name === severity ? null : name })}
            />
          </Field>
        </>
      )}
      {spec.rationale.policy !== "never" && (
        <Field field="rationale" title="Rationale">
          <Words
            label="Rationale"
            value={rationale}
            required={owesRationale(spec, outcome)}
            rows={3}
            onWrite={(text) => desk.say({ rationale: text })}
          />
        </Field>
      )}
    </>
  );
}

/** Every answer of the branch as a choice, so that the one in which it broke is also marked from here. */
function Breaks() {
  const { desk } = useDesk();
  const { broke } = desk.said.value;
  const several = desk.several.value;
  const terms = desk.branch.value.flatMap((turn, at) =>
    turn.replies
      .filter((reply) => !isBlank(reply.content))
      .map((reply) => ({
        id: reply.id,
        name: `Turn ${at + 1}${several ? `, model ${reply.slot}` : ""}${reply.attempt > 1 ? `, attempt ${reply.attempt}` : ""}`,
      })),
  );
  if (!terms.length) return <p class="rw-muted">There is no answer yet.</p>;
  return (
    <Terms
      field="broke"
      label="Where it broke"
      terms={terms.map(({ name }) => ({ name, meaning: "" }))}
      value={terms.find(({ id }) => id === broke)?.name ?? null}
      described={false}
      onChoose={(name) => {
        const found = terms.find((term) => term.name === name)?.id ?? null;
        desk.say({ broke: found === broke ? null : found });
      }}
    />
  );
}

function Broke({ reply }: { reply: string }) {
  const { desk } = useDesk();
  const at = desk.branch.value.findIndex((turn) => turn.replies.some(({ id }) => id === reply));
  return <>{at < 0 ? "on another branch" : `turn ${at + 1}`}</>;
}

/** One thing to say of a conversation: its question, what was said, and what it still lacks. */
import type { ComponentChildren } from "preact";
import { Choices } from "../../ui/choices";
import type { Term } from "../protocol";
import { useDesk } from "./view";

interface Props {
  field: string;
  title: string;
  ask?: string | undefined;
  said?: ComponentChildren;
  children: ComponentChildren;
}

export function Field({ field, title, ask, said, children }: Props) {
  const { desk, tried } = useDesk();
  const lack = tried.value && desk.lacks.value.find((one) => one.field === field);
  return (
    <section class="rw-dimension" data-field={field} aria-label={title}>
      <div class="rw-head">
        <h3>{title}</h3>
        {lack ? <span class="rw-said rw-warn">missing</span> : said ? <span class="rw-said">{said}</span> : null}
      </div>
      <p class="rw-muted rw-asks" id={`rw-ask-${field}-${desk.config.study_id}`}>
        {ask}
      </p>
      {children}
    </section>
  );
}

interface TermsProps {
  field: string;
  label: string;
  terms: readonly Term[];
  value: string | null | string[];
  multiple?: boolean;
  /** Meanings stand beside the names. */
  described: boolean;
  onChoose: (name: string) => void;
}

/** One term of a taxonomy, or several. */
export function Terms({ field, label, terms, value, multiple = false, described, onChoose }: TermsProps) {
  const { desk } = useDesk();
  const meant = described && terms.some(({ meaning }) => meaning);
  return (
    <Choices
      label={label}
      describedBy={`rw-ask-${field}-${desk.config.study_id}`}
      value={value}
      notApplicable={false}
      multiple={multiple}
      class={`rw-choices ${meant ? "rw-described" : ""}`}
      onChoose={(name) => onChoose(String(name))}
      stops={terms.map(({ name, meaning }) => ({
        value: name,
        title: meant ? undefined : meaning || undefined,
        class: `rw-choice ${multiple ? "rw-many" : ""}`,
        content: (
          <>
            <span class="rw-tick" />
            <span>
              {name}
              {meant && meaning && <span class="rw-anchor"> {meaning}</span>}
            </span>
          </>
        ),
      }))}
    />
  );
}

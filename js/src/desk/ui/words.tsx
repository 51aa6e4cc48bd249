/** Words that a policy asks for: the box, what is asked, and how many of how many characters. */
import { useId } from "preact/hooks";
import { lengthOf } from "../../ui/words";
import { leastWords } from "../judgement";
import { Area } from "./area";
import { useDesk } from "./view";

interface Props {
  label: string;
  value: string;
  required: boolean;
  rows: number;
  onWrite: (text: string) => void;
}

export function Words({ label, value, required, rows, onWrite }: Props) {
  const { desk } = useDesk();
  const id = useId();
  const spec = desk.spec.value;
  if (!spec) return null;
  const least = leastWords(spec);
  const length = lengthOf(value);
  const short = required && length < least;
  const tone = short ? "rw-warn" : "rw-muted";
  return (
    <div class="rw-rationale">
      <Area
        rows={rows}
        value={value}
        aria-label={label}
        aria-describedby={id}
        aria-required={required}
        data-owed={short}
        onWrite={onWrite}
      />
      <div class="rw-need" id={id}>
        <span class={tone}>
          {required ? "Required" : "Optional"}
          {spec.rationale.ask && `: ${spec.rationale.ask}`}
        </span>
        <span class={tone}>{required ? `${length} / ${least}` : `${length} characters`}</span>
      </div>
    </div>
  );
}

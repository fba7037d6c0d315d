import type { Check } from "../check.js";
import { ALPHABET, type PatternNode, parsePattern } from "./parse-pattern.js";

/** How many states a pattern may have; "^[a-z]{2,40}$" has 42. A table of them all takes 64 KiB. */
const MAX_STATES = 256;
/** How many steps it may have before they are joined to states; RE2 allows no more repeats of repeats either. */
const MAX_STEPS = 1_000;

const compiled = new Map<string, Check<string> | undefined>();
/** How many patterns are kept; contracts have a few dozen. */
const MAX_KEPT = 1_000;

/**
 * A check for a pattern that looks at each character once, whatever the text is: RE2 keeps that promise too, JavaScript's own expressions
 * do not. Undefined where the pattern is beyond `parsePattern` or has too many states. Texts beyond ASCII do not pass.
 */
export function linearPattern(pattern: string): Check<string> | undefined {
  if (!compiled.has(pattern) && compiled.size < MAX_KEPT) compiled.set(pattern, compile(pattern));
  return compiled.has(pattern) ? compiled.get(pattern) : compile(pattern);
}

function compile(pattern: string): Check<string> | undefined {
  const node = parsePattern(pattern);
  const automaton = node && determine(node);
  return automaton && matcher(automaton);
}

/** Where a character leads to, by state and character; 0 is where nothing leads on. */
interface Automaton {
  readonly table: Uint16Array;
  readonly accepts: readonly boolean[];
}

function matcher({ table, accepts }: Automaton): Check<string> {
  return (text) => {
    let state = 1;
    for (let index = 0; index < text.length; index += 1) {
      const code = text.charCodeAt(index);
      if (code >= ALPHABET) return false;
      state = table[state * ALPHABET + code] as number;
      if (state === 0) return false;
    }
    return accepts[state] === true;
  };
}

/** A step reads one of `codes`, or nothing, and goes on with one of `next`. */
interface Step {
  readonly codes: ReadonlySet<number> | undefined;
  readonly next: Step[];
}

class TooLarge extends Error {}

/** Thompson's construction, read backwards: each part is given the step that comes after it. */
class Steps {
  #made = 0;

  for(node: PatternNode, next: Step): Step {
    switch (node.kind) {
      case "character":
        return this.make(node.codes, [next]);
      case "sequence":
        return node.parts.reduceRight((after, part) => this.for(part, after), next);
      case "choice":
        return this.make(
          undefined,
          node.options.map((it) => this.for(it, next)),
        );
      case "repeat":
        return this.#repeat(node, next);
    }
  }

  #repeat({ part, least, most }: PatternNode & { kind: "repeat" }, next: Step): Step {
    let step = next;
    if (most === Number.POSITIVE_INFINITY) {
      step = this.make(undefined, [next]);
      step.next.push(this.for(part, step));
    }
    for (let extra = least; extra < most && most !== Number.POSITIVE_INFINITY; extra += 1) {
      step = this.make(undefined, [next, this.for(part, step)]);
    }
    for (let asked = 0; asked < least; asked += 1) step = this.for(part, step);
    return step;
  }

  make(codes: Step["codes"], next: Step[]): Step {
    this.#made += 1;
    if (this.#made > MAX_STEPS) throw new TooLarge();
    return { codes, next };
  }
}

/** The subset construction: a state is a set of steps that can be next. */
function determine(node: PatternNode): Automaton | undefined {
  try {
    const steps = new Steps();
    const end = steps.make(new Set(), []);
    return new States(end).from(steps.for(node, end));
  } catch (error) {
    if (error instanceof TooLarge) return undefined;
    throw error;
  }
}

class States {
  readonly #end: Step;
  readonly #ids = new Map<Step, number>();
  readonly #known = new Map<string, number>();
  readonly #members: ReadonlySet<Step>[] = [new Set()];

  constructor(end: Step) {
    this.#end = end;
  }

  from(start: Step): Automaton {
    this.#state([start]);
    const rows: number[][] = [new Array<number>(ALPHABET).fill(0)];
    for (let state = 1; state < this.#members.length; state += 1) {
      rows.push(this.#row(this.#members[state] as ReadonlySet<Step>));
    }
    return {
      table: Uint16Array.from(rows.flat()),
      accepts: this.#members.map((it) => it.has(this.#end)),
    };
  }

  #row(members: ReadonlySet<Step>): number[] {
    return Array.from({ length: ALPHABET }, (_, code) =>
      this.#state([...members].filter((it) => it.codes?.has(code)).flatMap((it) => it.next)),
    );
  }

  /** The number of the state for these steps and all that they lead to without a character. */
  #state(steps: readonly Step[]): number {
    if (steps.length === 0) return 0;
    const members = closure(steps);
    const key = [...members]
      .map((it) => this.#id(it))
      .sort((a, b) => a - b)
      .join();
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    const state = this.#members.push(members) - 1;
    if (state >= MAX_STATES) throw new TooLarge();
    this.#known.set(key, state);
    return state;
  }

  #id(step: Step): number {
    const id = this.#ids.get(step) ?? this.#ids.size;
    this.#ids.set(step, id);
    return id;
  }
}

function closure(steps: readonly Step[]): ReadonlySet<Step> {
  const members = new Set(steps);
  for (const step of members) {
    if (!step.codes) for (const next of step.next) members.add(next);
  }
  return members;
}

// What the page's modules hand one another, for the page's check alone.

export type Theme = "day" | "night";

export type RoomName = "alerts" | "lookup" | "lists" | "history" | "live" | "stop";

// A view or a room: drawn anew whenever something changed, left when another takes its place.
export interface View {
  node: HTMLElement;
  draw: () => void;
  leave?: () => void;
}

// What `el` puts into an element; what is nothing is left out.
export type Child = string | number | Node | false | null | undefined | readonly Child[];

// Attributes by their names, but for those with a meaning of their own; what is nothing is left out.
export interface Props {
  class?: string;
  text?: string | number;
  value?: string;
  data?: Record<string, string | number>;
  onclick?: (() => void) | null;
  oninput?: () => void;
  [attribute: string]: unknown;
}

declare global {
  interface HTMLElement {
    drawn?: string | number | null; // by `once`: the key of what it shows
  }

  // TypeScript's own declarations lack it; browsers have it behind a permission, or not at all
  class AmbientLightSensor {
    constructor(options: { frequency: number });
    readonly illuminance: number;
    onreading: () => void;
    onerror: () => void;
    start(): void;
  }
}

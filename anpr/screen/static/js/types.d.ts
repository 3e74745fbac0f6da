// The JSON between the server and the page, field by field as the server makes it (wire.py, hub.py, feed.py, pages.py,
// actions.py). It is for the page's check alone and is never served; test_page_types.py holds the server to it.

export type Motion = "towards" | "away" | "steady" | "unknown";
export type AlertState = "raised" | "confirmed_by_evidence" | "withdrawn" | "acknowledged" | "decided" | "cleared" | "not_decided";
export type Sound = "" | "urgent" | "alert" | "note" | "fault" | "withdrawn";
export type Agreement = "vrm" | "make" | "colour";
export type Decision = "confirmed" | "wrong_plate" | "wrong_vehicle" | "no_action";

// What is shown

export interface Colours {
  day: ThemeColours;
  night: ThemeColours;
}

export interface ThemeColours {
  surface: string;
  sign: string;
}

export interface Symbol {
  name: string;
  shape: "octagon" | "diamond" | "square" | "circle" | "triangle";
  label: string;
}

export interface Marker {
  code: string;
  label: string;
  symbol: string;
}

// What is to be typed of the list's mark before confirming: so many characters, or (whole) all of it.
export interface Typing {
  count: number;
  whole: boolean;
}

export interface Vehicle {
  make: string;
  model: string;
  colour: string;
}

// What the registers say of the vehicle: `told` has a sentence for each source that told nothing, `differs` one on what differs.
export interface Enquiry {
  found: boolean;
  source: string;
  answered_utc: string;
  late: string;
  facts: EnquiryFact[];
  told: string[];
  differs: string;
  differences: EnquiryDifference[];
}

export interface EnquiryFact {
  name: string;
  words: string;
  alarm: boolean;
}

export interface EnquiryDifference {
  what: string;
  listed: string;
  registered: string;
}

// What an officer sees who has typed what was hidden.
export interface Shown {
  read_vrm: string;
  list_vrm: string;
  cells: Cell[];
}

export interface CameraName {
  label: string;
  facing: string;
}

export interface Cell {
  read: string;
  listed: string;
  agreement: "same" | "looks_same" | "wildcard" | "differs" | "extra" | "missing" | "unseen" | "hidden";
  probability: number;
}

export interface Place {
  latitude_deg: number;
  longitude_deg: number;
  stale: boolean;
  heading_deg: number | null;
}

export interface Step {
  at_utc: string;
  words: string;
  alarm: boolean;
}

export interface Decided {
  decision: Decision;
  note: string;
  typed_vrm: string;
  actor: string;
  decided_utc: string;
  stop_recorded: boolean;
  stop: [string, string][];
}

export interface Listed {
  list_name: string;
  vrm: string;
  make: string;
  model: string;
  colour: string;
  action: string;
  markers: string;
  reason: string;
  nim_code: string;
  information: string;
  force_area: string;
  weed_date: string;
  marking: string;
  cad: string;
  own: boolean;
  list_colour: string;
  list_sound: string;
  priority: number;
  revision: number;
  list_age_s: number;
  list_max_age_s: number | null;
  probability: number;
  exact: boolean;
  possible: boolean;
  date_checked: boolean;
  colours: Colours;
  marker_signs: Marker[];
}

export interface FoundEntry extends Listed {
  symbol: Symbol;
  instruction: string;
}

// `last_seen_ms` is by the engine's clock; 0 when no frame of this run saw the vehicle.
export interface AnyAlert {
  alert_id: number;
  kind: "hit" | "fault";
  state: AlertState;
  priority: number;
  raised_utc: string;
  seen_utc: string;
  pictured_utc: string;
  met_times: number;
  met_last_utc: string;
  captured_ms: number;
  last_seen_ms: number;
  distance_m: number | null;
  past: boolean;
  repeats: number;
  muted: boolean;
  acknowledged_by: string;
  read_vrm: string;
  list_vrm: string;
  probability: number;
  words: string;
  cells: Cell[];
  listed: Listed[];
  camera_id: string;
  camera: CameraName;
  motion: Motion;
  place: Place | null;
  plate_picture: string;
  overview_picture: string;
  steps: Step[];
  corrected: boolean;
  fault_name: string;
  fault_subject: string;
  fault_text: string;
  fault_remedy: string;
  decided: Decided | null;
  typed_by: string;
  engine_read: string;
  sound: Sound;
  symbol: Symbol;
  instruction: string;
  ordered_by: string;
  typing: Typing | null;
  mark_key: string;
  asked: number;
  pair_key: string;
  near: boolean;
  possible: boolean;
  shown_vrm: string;
  hidden: string;
  vehicle: Vehicle;
  enquiry: Enquiry | null;
  agreements: Agreement[];
  colours: Colours;
  short: string[];
  markers: Marker[];
}

// Every entry that was hit, the most important first; a fault has none.
export type Hit = AnyAlert & { kind: "hit"; listed: [Listed, ...Listed[]] };
export type Fault = AnyAlert & { kind: "fault"; listed: [] };
export type Alert = Hit | Fault;

export interface Sighting {
  sighting_id: number;
  vrm: string;
  confidence: number;
  camera_id: string;
  camera: CameraName;
  seen_utc: string;
  motion: Motion;
  plate_picture: string;
  overview_picture: string;
  alternatives: [string, number][];
  place: Place | null;
  typed_by: string;
  engine_read: string;
  shown_vrm: string;
  hidden: string;
  correctable: boolean;
  possible: boolean;
}

export interface HealthMark {
  name: string;
  level: "ok" | "warning" | "fault";
  text: string;
  remedy: string;
}

export interface Reading {
  state: "reading" | "waiting" | "blind" | "undocked";
  text: string;
  remedy: string;
}

export interface Camera {
  camera_id: string;
  label: string;
  facing: string;
}

export interface List {
  name: string;
  priority: number;
  colour: string;
  entries: number;
  revision: number;
  age_s: number;
  max_age_s: number | null;
  enabled: boolean;
  crew_may_disable: boolean;
  crew_may_add: boolean;
  muted: boolean;
  colours: Colours;
  mutable: boolean;
  too_old: boolean;
}

export interface Drive {
  moving: boolean;
  speed_known: boolean;
  night: boolean;
}

export interface Counts {
  waiting: number;
  decided: number;
  faults: number;
}

// What the live connection brings

// A difference: what it does not name is as it was.
export interface StateMessage {
  t: "state";
  drive?: Drive;
  counts?: Counts;
  health?: HealthMark[];
  reading?: Reading;
  cameras?: Camera[];
  lists?: List[];
  sightings?: Sighting[];
  beyond?: number[];
  live?: number[];
  alerts?: Record<string, Alert>;
  order?: number[];
}

export interface BeatMessage {
  t: "beat";
  silent_s: number;
  full_s: number;
  officers: Officer[];
  accounts: boolean;
}

export interface SyncMessage {
  t: "sync";
  p: number;
  ms: number;
}

export type Message = StateMessage | BeatMessage | SyncMessage;

// Who is at the screen

export type ThemeSetting = "auto" | "day" | "night";

export interface Officer {
  collar: string;
  name: string;
}

// On the tablet there is a session before anybody has logged in: then there are no officers.
export interface Session {
  who: string;
  token: string;
  officers: Officer[];
  at_tablet: boolean;
  accounts: boolean;
  by_itself: boolean;
  reasons: string[];
  texts: Record<string, string>;
  theme: ThemeSetting;
  urgent_priority: number;
  uncertain_below: number;
  engine_silent_s: number;
  live_s: number;
  fingerprint: string;
  second_device: string;
  markers: Marker[];
  stop_questions: StopQuestion[];
}

export interface NoSession {
  who: null;
  texts: Record<string, string>;
  theme: ThemeSetting;
}

export interface StopQuestion {
  key: string;
  label: string;
  kind: "text" | "choice" | "officer";
  required: boolean;
  choices: string[];
}

// What actions answer, by their names

export interface Answers {
  acknowledge: Acknowledged;
  passenger: Unlocked;
  lock: Done;
  viewed: Done;
  looked: Done;
  typed: Typed;
  decide: Raised;
  "stop-record": Done;
  mute: Done;
  "mute-all": Done;
  "look-up": Found;
  "add-entry": Done;
  "list-enabled": Done;
  capture: Captured;
  "capture-keep": Raised;
  correct: Raised;
  draft: Done;
  drafts: Drafts;
  queue: FurtherAlerts;
  history: HistoryPage;
}

export interface Acknowledged {
  warning?: string;
}

export interface Unlocked {
  seconds: number;
}

export interface Done {
}

export interface Typed {
  agrees: boolean;
  vrm: string;
  shown: Shown | null;
  listed: FoundEntry[];
  raised: number;
}

export interface Found {
  vrm: string;
  listed: FoundEntry[];
  listed_count: number;
  sightings: Sighting[];
  sightings_count: number;
}

export interface Captured {
  capture_id: number;
  camera_id: string;
  camera: CameraName;
  picture: string;
  seen_utc: string;
  offers: Offer[];
}

export interface Offer {
  vrm: string;
  confidence: number;
  plate_picture: string;
}

// What came of a mark that was typed.
export interface Raised {
  alerts: Alert[];
  warning?: string;
}

export interface Drafts {
  fields: Record<string, string>;
}

export interface FurtherAlerts {
  alerts: Alert[];
}

export interface HistoryPage {
  alerts: Alert[];
  next_before: number | null;
  not_decided: number;
  misread_rates: MisreadRate[];
}

export interface MisreadRate {
  camera_id: string;
  right: number;
  misreads: number;
  rate: number | null;
  low: number;
  high: number;
}

export interface Refusal {
  error: string;
  whose?: Officer[];
}

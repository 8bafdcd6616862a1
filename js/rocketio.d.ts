// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

export type State = 'connecting' | 'connected' | 'waiting' | 'failed' | 'closed';
/** `comet` is long polling. Servers of version 1 have no `sse`. */
export type Transport = 'websocket' | 'sse' | 'comet';
/** What travels as bytes. It arrives as a Uint8Array. */
export type Bytes = ArrayBuffer | ArrayBufferView;

export interface StateChange {
  state: State;
  /** When waiting: milliseconds until the next try. */
  retryIn?: number;
  /** When failed: why the server does not want us back. */
  code?: number;
  reason?: string;
}

export interface Snapshot extends Readonly<StateChange> {
  /** When waiting: the time of the next try, as of Date.now(). */
  readonly retryAt?: number;
}

/**
 * Why something failed. Of a push: `unknown` (the session was lost, nobody knows whether it arrived), `overflow` (too
 * many waited), `too-long`, `too-large` (a proxy in front of the server does not let it through), `bad-request` (the
 * server could not read it), `dropped` (volatile, and there was no connection), `closed`, `refused`, `unsupported` (the server speaks version 1). Of a request also `timeout`, and what the server answers. A
 * number is a code of the server that ended the connection.
 */
export class RocketIOError extends Error {
  constructor(code: string | number, message: string);
  readonly name: 'RocketIOError';
  readonly code: string | number;
}

export interface Meta {
  /** The channel that it was pushed to, if it was one. */
  channel: string | null;
}

export interface ConnectInfo {
  /** The session is the one from before. */
  resumed: boolean;
  /** And nothing was missed. */
  recovered: boolean;
}

export interface Member {
  id: string;
  identity: string | null;
}

export interface Message {
  type: string;
  data: any;
}

/** What there is in a channel on joining it. */
export interface Arrival {
  /** Its last messages, the oldest first. */
  history: Message[];
  /** Who is there, if the channel tells. */
  present?: Member[];
}

export interface Presence {
  joined: Member[];
  left: string[];
}

/** The events that do not come from the server, or are not what it pushes. */
export interface LocalEvents {
  /** What is pushed in here reaches the server before what waited for the connection. */
  connect: [session: string, info?: ConnectInfo];
  disconnect: [];
  /** An Error of this client, or whatever a server pushes under this name. */
  error: [error: Error];
  state: [change: StateChange];
  /** Messages did not arrive, and will not: `count` of them, if that is known. */
  missed: [{ count: number | null }];
  /** The server put the session into a channel, or out of it. */
  joined: [Arrival & { channel: string }];
  left: [{ channel: string; error?: RocketIOError }];
  presence: [Presence & { channel: string }];
  '*': [event: string, ...data: any[]];
}

/** What a channel tells beside its messages. */
export interface ChannelEvents {
  joined: [Arrival];
  left: [{ error?: RocketIOError }];
  presence: [Presence];
  '*': [event: string, ...data: any[]];
}

export interface ListenOptions {
  /** Ends it. */
  signal?: AbortSignal;
}

type Listener<Events, Local, E> =
  E extends keyof Local ? (...data: Local[E] extends any[] ? Local[E] : never) => void :
  E extends keyof Events ? (data: Events[E], meta: Meta) => void : never;

export class EventEmitter<Events = Record<string, any>, Local = { '*': [event: string, ...data: any[]] }> {
  /** Returns an id for removeListener(). */
  on<E extends keyof Local | (keyof Events & string)>(
    event: E, listener: Listener<Events, Local, E>, options?: ListenOptions): number;
  once<E extends keyof Local | (keyof Events & string)>(
    event: E, listener: Listener<Events, Local, E>, options?: ListenOptions): number;
  /** Returns the undoing. */
  subscribe<E extends keyof Local | (keyof Events & string)>(event: E, listener: Listener<Events, Local, E>): () => void;
  emit(event: string, ...data: unknown[]): void;
  /** One listener by its id; all of an event by its name, or only `listener` of it. */
  removeListener(idOrEvent: number | string, listener?: (...data: any[]) => void): void;
  off(idOrEvent: number | string, listener?: (...data: any[]) => void): void;
  /** Gives `target` these methods. */
  apply(target: object, prefix?: string): void;
}

export interface Options {
  /** The id to ask for; a server makes another when it cannot be had. Only version 1 of the wire has that. */
  session?: string | null;
}

export interface RocketIOOptions extends Options {
  /** The session is in it from the beginning. */
  channel?: string | number | null;
  /** Only this transport, as long as the server has it. */
  type?: Transport | null;
  /** What the server wants to know; a function is asked before every connect. */
  auth?: unknown;
  /** With `tab` the session goes on when the page is reloaded. Others see later that the tab was closed. */
  persist?: 'tab';
  /** Only version 1 of the wire, whatever the server has. */
  version?: 1;
  /** Tells console.debug what is said and heard. */
  debug?: boolean;
}

export interface PushOptions {
  /** Not sent again when it gets lost, and not at all when there is no connection. */
  volatile?: boolean;
}

export interface AskOptions {
  /** Milliseconds, 10000 unless told. Infinity is for ever. */
  timeout?: number;
  signal?: AbortSignal;
}

export interface JoinOptions extends AskOptions {
  /** How many of the last messages are wanted. */
  history?: number;
}

declare abstract class Client<Events = Record<string, any>, Pushes = Record<string, any>>
  extends EventEmitter<Events, LocalEvents> {
  session: string | null;
  /** The transport in use, once there was one. */
  type: Transport | null;
  readonly state: State;
  connect(): this;
  close(): void;
  /** Connects at once, whatever the state is. */
  retryNow(): this;
  /** The same object until something changes. */
  getState(): Snapshot;
  /** Calls `listener` at each change of getState(). Returns the undoing. */
  subscribeState(listener: () => void): () => void;
  /**
   * Resolves when the server has it; with version 1 of the wire, when it was sent. Rejects with a RocketIOError, of
   * which an `error` event tells as well: nobody has to look at the promise. While there is no connection up to 1000
   * pushes wait; then the oldest is refused. Throws for the names connect, disconnect, error, start and *, which are
   * those of what happens here.
   */
  push<E extends keyof Pushes & string>(type: E, data?: Pushes[E] | Bytes, options?: PushOptions): Promise<void>;
}

/** The messages of one channel. */
export type Channel<Events = Record<string, any>> = EventEmitter<Events, ChannelEvents>;

/** By name, what is asked and what is answered. */
export type Calls = Record<string, { data?: any; answer?: any }>;

/**
 * What an app may say of its types: `Events` that the server pushes, `Pushes` that it gets, `Requests` that it answers,
 * and `Questions` that it asks.
 */
export class RocketIO<
  Events = Record<string, any>,
  Pushes = Record<string, any>,
  Requests extends Calls = Calls,
  Questions extends Calls = Calls,
> extends Client<Events, Pushes> {
  constructor(options?: RocketIOOptions | null);
  /** The channel of the constructor, told to the server when a session begins; with version 1 at every connect. */
  channel: string | null;
  /** Whether the last connect went on where the one before had ended, and nothing was missed. */
  readonly recovered: boolean;
  /** `url`: where the server is; without one, where this script came from, else the page. */
  connect(url?: string): this;
  /** Rejects with a RocketIOError, or with the reason of the signal. */
  request<E extends keyof Requests & string>(
    name: E, data?: Requests[E]['data'] | Bytes, options?: AskOptions): Promise<Requests[E]['answer']>;
  /** Answers what the server asks. An error that is thrown is the answer; its `code`, if it is a string, is told. */
  handle<E extends keyof Questions & string>(
    name: E, handler: (data: Questions[E]['data']) => Questions[E]['answer'] | Promise<Questions[E]['answer']>): () => void;
  /** Also after a session was lost it is joined again. */
  join(channel: string, options?: JoinOptions): Promise<Arrival>;
  leave(channel: string, options?: AskOptions): Promise<void>;
  /** The events of one channel. */
  in(channel: string): Channel<Events>;
}

export class CometIO extends Client {
  constructor(url?: string | null, options?: Options | null);
  url: string | null;
}

export class WebSocketIO extends Client {
  constructor(url?: string | null, options?: Options | null);
  url: string | null;
}

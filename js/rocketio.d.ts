// SPDX-FileCopyrightText: 2026 The rocketio-glib authors
// SPDX-License-Identifier: MIT

export type State = 'connecting' | 'connected' | 'waiting' | 'closed';
export type Transport = 'websocket' | 'comet';

export interface StateChange {
  state: State;
  /** When waiting: milliseconds until the next try. */
  retryIn?: number;
}

/** The events that do not come from the server. */
export interface LocalEvents {
  /** What is pushed in here reaches the server before what waited for the connection. */
  connect: [session: string];
  disconnect: [];
  /** An Error of this client, or whatever a server pushes under this name. */
  error: [error: Error];
  state: [change: StateChange];
  '*': [event: string, ...data: any[]];
}

export class EventEmitter {
  /** Returns an id for removeListener(). */
  on<E extends keyof LocalEvents>(event: E, listener: (...data: LocalEvents[E]) => void): number;
  on(event: string, listener: (...data: any[]) => void): number;
  once<E extends keyof LocalEvents>(event: E, listener: (...data: LocalEvents[E]) => void): number;
  once(event: string, listener: (...data: any[]) => void): number;
  emit(event: string, ...data: unknown[]): void;
  /** One listener by its id, or all of an event by its name. */
  removeListener(idOrEvent: number | string): void;
  /** Gives `target` these methods. */
  apply(target: object, prefix?: string): void;
}

export interface Options {
  /** The id to ask for; a server makes another when it cannot be had. */
  session?: string | null;
}

export interface RocketIOOptions extends Options {
  channel?: string | number | null;
  /** Only this transport, as long as the server has it. */
  type?: Transport | null;
}

declare abstract class Client extends EventEmitter {
  session: string | null;
  /** The transport in use, once there was one. */
  type: Transport | null;
  readonly state: State;
  connect(): this;
  close(): void;
  /**
   * While there is no connection up to 1000 pushes wait; then the oldest is refused by an `error` event. Throws for the
   * names connect, disconnect, error, start and *, which are those of what happens here.
   */
  push(type: string, data?: unknown): void;
}

export class RocketIO extends Client {
  constructor(options?: RocketIOOptions | null);
  /** Told to the server at every connect. */
  channel: string | null;
  /** `url`: where the server is; without one, where this script came from, else the page. */
  connect(url?: string): this;
}

export class CometIO extends Client {
  constructor(url?: string | null, options?: Options | null);
  url: string | null;
}

export class WebSocketIO extends Client {
  constructor(url?: string | null, options?: Options | null);
  url: string | null;
}

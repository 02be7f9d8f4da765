/** First in, first out, at the same cost however many there are. Whoever is in it may leave it. */
class Fifo<T> implements Iterable<T> {
  readonly #items = new Set<T>();
  #next = this.#items.values();

  get size(): number {
    return this.#items.size;
  }

  add(item: T): void {
    this.#items.add(item);
  }

  delete(item: T): boolean {
    return this.#items.delete(item);
  }

  shift(): T | undefined {
    if (this.#items.size === 0) return undefined;
    // A new iterator would pass over the places of all that have gone; this one has passed them, and sees what is added.
    let first = this.#next.next();
    if (first.done) {
      this.#next = this.#items.values();
      first = this.#next.next();
    }
    if (first.done) return undefined;
    this.#items.delete(first.value);
    return first.value;
  }

  [Symbol.iterator](): SetIterator<T> {
    return this.#items.values();
  }
}

/** Who stands in a line. */
export interface InLine {
  /** Those with the same key are taken for one client. Default: a client of its own. */
  readonly client?: string | undefined;
}

/**
 * A line in which clients take turns: of each the first, then of each the second, and so on. Those of one client keep their
 * order, and one client with thousands keeps nobody else waiting for longer than one turn of its own.
 */
export class FairLine<T extends InLine> {
  readonly #clients = new Map<unknown, Fifo<T>>();
  /** Clients in the order of their turns. */
  readonly #turns = new Fifo<Fifo<T>>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(item: T): void {
    const key = keyOf(item);
    let own = this.#clients.get(key);
    if (!own) {
      own = new Fifo();
      this.#clients.set(key, own);
      this.#turns.add(own);
    }
    own.add(item);
    this.#size += 1;
  }

  /** @returns whether it was in the line */
  delete(item: T): boolean {
    const key = keyOf(item);
    const own = this.#clients.get(key);
    if (!own?.delete(item)) return false;
    this.#size -= 1;
    if (own.size === 0) {
      this.#clients.delete(key);
      this.#turns.delete(own);
    }
    return true;
  }

  /** Takes out whose turn it is. */
  shift(): T | undefined {
    const own = this.#turns.shift();
    const item = own?.shift();
    if (!own || !item) return undefined;
    this.#size -= 1;
    if (own.size > 0) this.#turns.add(own);
    else this.#clients.delete(keyOf(item));
    return item;
  }

  /** The place, from 1, that one more of this client would have. */
  placeOfNext(client: string | undefined): number {
    const own = client === undefined ? undefined : this.#clients.get(client);
    if (!own) return this.#turns.size + 1;
    let ahead = own.size;
    let rounds = own.size + 1;
    for (const other of this.#turns) {
      if (other === own) rounds = own.size;
      else ahead += Math.min(other.size, rounds);
    }
    return ahead + 1;
  }

  /** All, in the order in which their turns would come now. */
  *[Symbol.iterator](): Generator<T, void> {
    let round = [...this.#turns].map((own) => own[Symbol.iterator]());
    while (round.length > 0) {
      const left: typeof round = [];
      for (const own of round) {
        const next = own.next();
        if (next.done) continue;
        yield next.value;
        left.push(own);
      }
      round = left;
    }
  }
}

function keyOf(item: InLine): unknown {
  return item.client ?? item;
}

import { useSyncExternalStore } from "react";

/** A value that several parts watch: a change tells them all, and no provider has to stand above them. */
export class Store<Value> {
    private readonly listeners = new Set<() => void>();

    constructor(private value: Value) {}

    readonly get = (): Value => this.value;

    readonly subscribe = (listener: () => void): (() => void) => {
        this.listeners.add(listener);
        return () => this.listeners.delete(listener);
    };

    set(value: Value) {
        if (Object.is(value, this.value)) return;
        this.value = value;
        for (const listener of [...this.listeners]) listener();
    }

    update(change: (value: Value) => Value) {
        this.set(change(this.value));
    }
}

export function useStore<Value>(store: Store<Value>): Value {
    return useSyncExternalStore(store.subscribe, store.get);
}

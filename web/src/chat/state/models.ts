import { models as api } from "../../api/chats";
import type { Model } from "../../api/types";
import { Store } from "../../app/store";
import type { Heard } from "./estimate";
import { heardNext } from "./estimate";

export interface ModelsState {
    models: Model[];
    isLoaded: boolean;
    /** How far starting models are; see estimate.ts. */
    heard: ReadonlyMap<string, Heard>;
}

export const modelsStore = new Store<ModelsState>({ models: [], isLoaded: false, heard: new Map() });

export async function loadModels() {
    try {
        adoptModels((await api.list()).models);
    } catch {
        // The event stream opens with the models too, and says when it is offline.
    }
}

export function adoptModels(models: Model[]) {
    modelsStore.update((before) => {
        const heard = new Map<string, Heard>();
        for (const model of models) {
            if (model.state !== "starting" && model.state !== "queued") continue;
            const last = before.heard.get(model.id);
            heard.set(model.id, heardNext(last, model.percent ?? 0, model.remaining ?? undefined, performance.now()));
        }
        return { models, isLoaded: true, heard };
    });
}

/** The model that a new chat begins with: the reader's own choice, else one that is awake, else the first. */
export function firstModel(models: Model[], preferred: string | undefined): Model | undefined {
    return (
        models.find(({ id }) => id === preferred) ??
        models.find(({ state }) => state === "ready") ??
        models.find(({ state }) => state !== "failed" && state !== "stopped") ??
        models[0]
    );
}

const wakeAgainMilliseconds = 30_000;
const lastWake = new Map<string, number>();

/** Wakes a model as soon as somebody begins to type. Once is enough, so it is asked for seldom. */
export function wakeWhileTyping(id: string) {
    const model = modelsStore.get().models.find((model) => model.id === id);
    if (model?.state !== "asleep") return;
    const last = lastWake.get(id);
    if (last !== undefined && performance.now() - last < wakeAgainMilliseconds) return;
    lastWake.set(id, performance.now());
    // A failure shows when the message is sent; typing must not be disturbed by it.
    api.wake(id).catch(() => lastWake.delete(id));
}

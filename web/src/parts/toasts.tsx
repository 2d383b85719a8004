import { Store, useStore } from "../app/store";
import { useTexts } from "../text/texts";
import { IconButton } from "./button";

interface Toast {
    id: number;
    text: string;
    action?: { label: string; run: () => void };
}

const toasts = new Store<Toast[]>([]);
let lastID = 0;

/** Long enough to read a line and to reach its button. */
const lifetimeMilliseconds = 8_000;

/** Says something for a few seconds at the page's foot, with one action where that helps (undo). */
export function toast(text: string, action?: Toast["action"]) {
    const id = ++lastID;
    toasts.update((all) => [...all.slice(-2), action === undefined ? { id, text } : { id, text, action }]);
    setTimeout(() => dismiss(id), lifetimeMilliseconds);
}

function dismiss(id: number) {
    toasts.update((all) => all.filter((toast) => toast.id !== id));
}

export function Toasts() {
    const all = useStore(toasts);
    const texts = useTexts();
    return (
        <div className="toasts" role="status" aria-live="polite">
            {all.map(({ id, text, action }) => (
                <div key={id} className="toast">
                    <span>{text}</span>
                    {action !== undefined && (
                        <button
                            type="button"
                            className="toast-action"
                            onClick={() => {
                                dismiss(id);
                                action.run();
                            }}
                        >
                            {action.label}
                        </button>
                    )}
                    <IconButton icon="close" size={16} label={texts.common.close} onClick={() => dismiss(id)} />
                </div>
            ))}
        </div>
    );
}

import { Store } from "../app/store";
import { isTooComplex } from "./bounds";
import type { Formula } from "./mathematics";
import { setFormulaDrawer } from "./safe-html";

/** Grows by one when formulas can be drawn; whoever shows one draws itself again then. */
export const formulasReady = new Store(0);

let isLoading = false;

/** Loads KaTeX and its style, once, when the first formula is met. */
export function loadFormulas() {
    if (isLoading) return;
    isLoading = true;
    load().catch(() => {
        // Offline perhaps: the source stays readable, and the next formula tries again.
        isLoading = false;
    });
}

async function load() {
    const style = document.createElement("link");
    style.rel = "stylesheet";
    style.href = MATHEMATICS_STYLE;
    const styled = new Promise((resolve, reject) => {
        style.onload = resolve;
        style.onerror = reject;
    });
    document.head.append(style);
    const [{ default: katex }] = await Promise.all([import("katex"), styled]);
    setFormulaDrawer((formula) => drawn(katex, formula));
    formulasReady.update((version) => version + 1);
}

/** Undefined: the formula is none that can be drawn. */
function drawn(katex: typeof import("katex").default, { source, isDisplay }: Formula): string | undefined {
    if (isTooComplex(source)) return undefined;
    try {
        return katex.renderToString(source, {
            displayMode: isDisplay,
            throwOnError: false,
            strict: "ignore",
            trust: false,
            maxSize: 20,
            maxExpand: 200,
        });
    } catch (error) {
        // `throwOnError` is about mistakes in a formula; one that exhausts the stack or the bounds throws all the same.
        if (error instanceof Error) return undefined;
        throw error;
    }
}

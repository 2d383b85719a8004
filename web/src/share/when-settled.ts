/** Quiet for this long: formulas and colours have come in. */
const quietMilliseconds = 250;
/** Paper does not wait for ever for a highlighter. */
const longestMilliseconds = 6_000;

/** Resolves when nothing in the element has changed for a moment and its fonts are there. */
export async function whenSettled(element: HTMLElement, signal: AbortSignal): Promise<void> {
    await new Promise<void>((resolve) => {
        const finish = () => {
            observer.disconnect();
            clearTimeout(quiet);
            clearTimeout(longest);
            resolve();
        };
        let quiet = setTimeout(finish, quietMilliseconds);
        const longest = setTimeout(finish, longestMilliseconds);
        const observer = new MutationObserver(() => {
            clearTimeout(quiet);
            quiet = setTimeout(finish, quietMilliseconds);
        });
        observer.observe(element, { childList: true, subtree: true, characterData: true });
        signal.addEventListener("abort", finish, { once: true });
    });
    await document.fonts.ready;
}

/** Copies text, and its HTML for those who paste into a document. Tells whether it worked. */
export async function copyText(text: string, html?: string): Promise<boolean> {
    try {
        if (html !== undefined && typeof ClipboardItem !== "undefined") {
            const item = new ClipboardItem({
                "text/plain": new Blob([text], { type: "text/plain" }),
                "text/html": new Blob([html], { type: "text/html" }),
            });
            await navigator.clipboard.write([item]);
        } else {
            await navigator.clipboard.writeText(text);
        }
        return true;
    } catch {
        return copyBySelection(text);
    }
}

/** Over plain HTTP from another host there is no clipboard interface; the old way still works. */
function copyBySelection(text: string): boolean {
    const area = document.createElement("textarea");
    area.value = text;
    area.className = "visually-hidden";
    area.readOnly = true;
    // A modal dialog makes everything outside inert.
    const host = document.activeElement?.closest("dialog") ?? document.body;
    const before = document.activeElement;
    host.append(area);
    area.select();
    const isCopied = document.execCommand("copy");
    area.remove();
    if (before instanceof HTMLElement) before.focus();
    return isCopied;
}

import { ApiError } from "../api/client";
import { toast } from "../parts/toasts";
import { wordsFor } from "../text/texts";

/**
 * Runs a call whose failure needs no place of its own: it is said at the page's foot. Answers whether it worked.
 * `words` says better than the common words what some codes mean here.
 */
export async function attempt(
    action: () => Promise<unknown>, words: Partial<Record<string, string>> = {},
): Promise<boolean> {
    try {
        await action();
        return true;
    } catch (failure) {
        if (!(failure instanceof ApiError)) throw failure;
        toast(words[failure.code] ?? wordsFor(failure));
        return false;
    }
}

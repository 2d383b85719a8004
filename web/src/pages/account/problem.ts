import type { Texts } from "../../text/en";

/** What a form shows of a failed call: the words, the field that they belong to, and how long to wait. */
export interface Problem {
    text: string;
    field?: string;
    wait?: number;
}

interface Failure {
    code: string;
    message: string;
    field?: string;
    retryAfter?: number;
}

const defaultWaitSeconds = 30;

/** Says it for accounts' forms; `fallback` has the words for every other code. */
export function problemOf(
    failure: Failure, words: Texts["problems"], minimum: number, fallback: (failure: Failure) => string,
): Problem {
    const { field } = failure;
    switch (failure.code) {
        case "wrong_credentials":
            return field === undefined ? { text: words.wrongCredentials } : { text: words.wrongPassword, field };
        case "too_many_attempts": {
            const wait = Math.max(1, Math.ceil(failure.retryAfter ?? defaultWaitSeconds));
            return { text: words.throttled(wait), wait };
        }
        case "name_taken":
            return { text: words.nameTaken, field: "name" };
        case "weak_password":
            return { text: words.passwordWeak, field: field ?? "password" };
        case "sign_up_closed":
            return { text: words.signUpClosed };
        case "not_allowed":
            return { text: words.disabled };
        case "conflict":
            return { text: words.lastAdministrator };
        case "invalid":
            if (field === "name") return { text: words.nameInvalid, field };
            if (field === "password" || field === "new") return { text: words.passwordShort(minimum), field };
            return { text: failure.message };
        default:
            return { text: fallback(failure) };
    }
}

/** Why a call failed. `code` is what the server says, or `network` when it could not be reached at all. */
export class ApiError extends Error {
    constructor(
        readonly code: string,
        message: string,
        readonly status: number,
        readonly field?: string,
        /** Seconds to wait before another try, where the server says so. */
        readonly retryAfter?: number,
    ) {
        super(message);
    }
}

type Listener = () => void;
const onSignedOut = new Set<Listener>();

/** Tells when the server no longer knows who is asking, whichever call found out. */
export function whenSignedOut(listener: Listener): () => void {
    onSignedOut.add(listener);
    return () => onSignedOut.delete(listener);
}

export function reportSignedOut() {
    for (const listener of onSignedOut) listener();
}

export interface CallOptions {
    signal?: AbortSignal;
}

/** Calls the server; answers what its JSON holds, or nothing for 202 and 204. Throws `ApiError`. */
export async function call<Answer>(
    method: "GET" | "POST" | "PATCH" | "DELETE",
    path: string,
    body?: unknown,
    options: CallOptions = {},
): Promise<Answer> {
    const init: RequestInit = { method, credentials: "same-origin", cache: "no-store", signal: options.signal ?? null };
    if (body instanceof FormData) {
        init.body = body;
    } else if (body !== undefined) {
        init.body = JSON.stringify(body);
        init.headers = { "Content-Type": "application/json" };
    }
    let response: Response;
    try {
        response = await fetch(`/api/${path}`, init);
    } catch (error) {
        if (error instanceof DOMException && error.name === "AbortError") throw error;
        throw new ApiError("network", "The server cannot be reached.", 0);
    }
    if (!response.ok) throw await failure(response);
    if (response.status === 202 || response.status === 204) return undefined as unknown as Answer;
    try {
        return (await response.json()) as Answer;
    } catch {
        throw new ApiError("network", "The answer ended too early.", 0);
    }
}

async function failure(response: Response): Promise<ApiError> {
    const retryAfter = Number(response.headers.get("Retry-After") ?? "") || undefined;
    let code = "unknown";
    let message = `The server answered ${response.status}.`;
    let field: string | undefined;
    try {
        const { error } = await response.json();
        code = String(error.code);
        message = String(error.message);
        field = typeof error.field === "string" ? error.field : undefined;
    } catch {
        // Something between us and Pronk answered, a proxy for example.
        if (response.status >= 502 && response.status <= 504) code = "network";
    }
    if (response.status === 401 && code === "not_signed_in") reportSignedOut();
    return new ApiError(code, message, response.status, field, retryAfter);
}

/** A path's segment from an id or a token. */
export const segment = encodeURIComponent;

import { ApiError } from "../../api/client";

const codes = ["invalid_link", "not_allowed", "not_found", "sign_up_closed"];

/** Says of a link that no longer works what to do about it; every other failure passes as it is. */
export async function withLink<Answer>(call: Promise<Answer>, words: string): Promise<Answer> {
    try {
        return await call;
    } catch (failure) {
        if (!(failure instanceof ApiError) || !codes.includes(failure.code)) throw failure;
        throw new ApiError("invalid", words, failure.status, "link");
    }
}

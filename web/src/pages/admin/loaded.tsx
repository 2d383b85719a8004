import type { ReactNode } from "react";
import type { ApiError } from "../../api/client";
import { Button } from "../../parts/button";
import { useTexts, wordsFor } from "../../text/texts";

interface LoadedProps<Value> {
    value: Value | undefined;
    failure: ApiError | undefined;
    onRetry: () => void;
    children: (value: Value) => ReactNode;
}

/** A part of a page that waits for its data: loading, failed, or there. */
export function Loaded<Value>({ value, failure, onRetry, children }: LoadedProps<Value>) {
    const { common } = useTexts();
    return (
        <>
            {failure !== undefined && (
                <div className="failed" role="alert">
                    <span>{wordsFor(failure)}</span>
                    <Button onClick={onRetry}>{common.tryAgain}</Button>
                </div>
            )}
            {value === undefined
                ? failure === undefined && <p className="soft" role="status">{common.loading}</p>
                : children(value)}
        </>
    );
}

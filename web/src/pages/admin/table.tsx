import type { ReactNode } from "react";

/** A table that scrolls sideways within its frame where the window is narrow, by keyboard too. */
export function Table({ caption, children }: { caption: string; children: ReactNode }) {
    return (
        <div className="data-frame" role="region" aria-label={caption} tabIndex={0}>
            <table className="data-table">
                <caption className="visually-hidden">{caption}</caption>
                {children}
            </table>
        </div>
    );
}

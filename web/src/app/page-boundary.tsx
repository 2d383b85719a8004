import type { ReactNode } from "react";
import { Component } from "react";
import { Failure } from "../parts/states";
import { textsNow } from "../text/texts";

/** Keeps a page that failed from taking the site with it, and offers to load it again. */
export class PageBoundary extends Component<{ children: ReactNode }, { hasFailed: boolean }> {
    override state = { hasFailed: false };

    static getDerivedStateFromError() {
        return { hasFailed: true };
    }

    override render() {
        if (!this.state.hasFailed) return this.props.children;
        const { common } = textsNow();
        return (
            <Failure
                title={common.pageFailed}
                text={common.pageFailedText}
                action={common.reload}
                onAction={() => location.reload()}
            />
        );
    }
}

import type { ReactNode } from "react";
import { Link } from "../../app/router";
import { Icon } from "../../parts/icon";
import { useTexts } from "../../text/texts";
import { usePageTitle } from "../page-title";

interface PageFrameProps {
    title: string;
    isWide?: boolean;
    children: ReactNode;
}

/** The frame of settings and administration: the way back, the title, the content. */
export function PageFrame({ title, isWide = false, children }: PageFrameProps) {
    const { settings } = useTexts();
    usePageTitle(title);
    return (
        <div className="page">
            <header className="page-head">
                <Link to="/" className="icon-button" aria-label={settings.back} title={settings.back}>
                    <Icon name="left" />
                </Link>
                <h1>{title}</h1>
            </header>
            <main className={isWide ? "page-body wide" : "page-body"}>{children}</main>
        </div>
    );
}

export function Section({ title, lead, children }: { title: string; lead?: string; children: ReactNode }) {
    return (
        <section className="section">
            <header className="section-head">
                <h2>{title}</h2>
                {lead !== undefined && <p>{lead}</p>}
            </header>
            {children}
        </section>
    );
}

import type { ReactNode } from "react";
import { changePreferences, useLanguage } from "../../app/preferences";
import { Logo } from "../../parts/icon";
import { attempt } from "../attempt";
import { usePageTitle } from "../page-title";

/** The frame of pages with one card in the middle. */
export function Gate({ title, lead, children }: { title: string; lead?: string; children: ReactNode }) {
    usePageTitle(title);
    return (
        <main className="gate">
            <div className="gate-card">
                <Logo size={44} />
                <div className="gate-words">
                    <h1>{title}</h1>
                    {lead !== undefined && <p>{lead}</p>}
                </div>
                {children}
                <LanguageSwitch />
            </div>
        </main>
    );
}

/** For people whose browser speaks another language than they do: the other one's name, in itself. */
function LanguageSwitch() {
    const other = useLanguage() === "en" ? "zh" : "en";
    return (
        <button
            type="button"
            className="gate-language"
            lang={other === "zh" ? "zh-CN" : "en"}
            onClick={() => void attempt(() => changePreferences({ language: other }))}
        >
            {other === "zh" ? "简体中文" : "English"}
        </button>
    );
}

import type { ReactNode } from "react";
import { useAccount } from "../app/session";
import { Logo } from "../parts/icon";
import { useTexts } from "../text/texts";

/** The empty page: one composer in the middle, and three ways to begin. */
export function Welcome({ composer, onStarter }: { composer: ReactNode; onStarter: (text: string) => void }) {
    const texts = useTexts().chat;
    const { displayName, name } = useAccount();
    return (
        <div className="welcome">
            <div className="welcome-inner">
                <Logo size={52} />
                <h1>{texts.welcome(displayName || name)}</h1>
                {composer}
                <div className="starters">
                    {texts.starters.map(({ title, text }) => (
                        <button key={title} type="button" className="starter" onClick={() => onStarter(text)}>
                            <strong>{title}</strong>
                            <span>{text}</span>
                        </button>
                    ))}
                </div>
            </div>
        </div>
    );
}

import { useTexts } from "../text/texts";
import { Button } from "./button";
import { Logo } from "./icon";

/** A page that is not there yet. It stays empty for a moment, so that what loads fast does not flash. */
export function Waiting() {
    const texts = useTexts();
    return (
        <main className="gate waiting" role="status">
            <Logo size={40} />
            <span className="visually-hidden">{texts.common.loading}</span>
        </main>
    );
}

interface FailureProps {
    title: string;
    text: string;
    action: string;
    onAction: () => void;
}

/** A page that cannot be shown: what happened, and the way out. */
export function Failure({ title, text, action, onAction }: FailureProps) {
    return (
        <main className="gate">
            <div className="gate-message">
                <Logo size={48} />
                <h1>{title}</h1>
                <p>{text}</p>
                <Button kind="primary" onClick={onAction}>{action}</Button>
            </div>
        </main>
    );
}

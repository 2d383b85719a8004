import { useId, useState } from "react";
import { useTexts } from "../../text/texts";
import { strength } from "./strength";

interface PasswordFieldProps {
    label: string;
    value: string;
    onChange: (value: string) => void;
    autoComplete: "current-password" | "new-password" | "off";
    hint?: string;
    error?: string | undefined;
    /** For new passwords: whose it is and the fewest characters; shows how hard it is to guess. */
    judged?: { name: string; minimum: number };
    autoFocus?: boolean;
}

/** A password, hidden until its owner wants to see it. */
export function PasswordField(props: PasswordFieldProps) {
    const { label, value, onChange, autoComplete, hint, error, judged, autoFocus } = props;
    const id = useId();
    const { account } = useTexts();
    const [isShown, setShown] = useState(false);
    const note = error ?? hint;
    return (
        <div className="field">
            <label htmlFor={id}>{label}</label>
            <div className="password-box">
                <input
                    id={id}
                    name={autoComplete === "new-password" ? "new-password" : "password"}
                    type={isShown ? "text" : "password"}
                    value={value}
                    onChange={(event) => onChange(event.target.value)}
                    autoComplete={autoComplete}
                    autoCapitalize="off"
                    spellCheck={false}
                    autoFocus={autoFocus}
                    aria-invalid={error !== undefined}
                    aria-describedby={note === undefined ? undefined : `${id}-note`}
                />
                <button
                    type="button"
                    className="password-eye"
                    aria-label={account.showPassword}
                    aria-pressed={isShown}
                    title={isShown ? account.hidePassword : account.showPassword}
                    onClick={() => setShown(!isShown)}
                >
                    <Eye isOpen={isShown} />
                </button>
            </div>
            {judged !== undefined && value !== "" && <Meter value={value} {...judged} />}
            {note !== undefined && (
                <p id={`${id}-note`} className={error === undefined ? "field-hint" : "form-error"}>{note}</p>
            )}
        </div>
    );
}

function Meter({ value, name, minimum }: { value: string; name: string; minimum: number }) {
    const { account } = useTexts();
    const level = strength(value, name, minimum);
    const words = level === "short" ? account.strength.short(minimum - [...value].length) : account.strength[level];
    return (
        <div className={`strength ${level}`} role="status">
            <span className="strength-bar" aria-hidden="true"><i /><i /><i /></span>
            <span>{words}</span>
        </div>
    );
}

function Eye({ isOpen }: { isOpen: boolean }) {
    return (
        <svg
            className="icon" width={20} height={20} viewBox="0 0 20 20" fill="none" stroke="currentColor"
            strokeWidth={1.6} strokeLinecap="round" strokeLinejoin="round" aria-hidden="true"
        >
            <path d="M2.5 10s2.8-5 7.5-5 7.5 5 7.5 5-2.8 5-7.5 5-7.5-5-7.5-5Z" />
            <path d="M10 12.2a2.2 2.2 0 1 0 0-4.4 2.2 2.2 0 0 0 0 4.4Z" />
            {!isOpen && <path d="M4 16 16 4" />}
        </svg>
    );
}

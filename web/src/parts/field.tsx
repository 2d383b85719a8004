import type { InputHTMLAttributes } from "react";
import { useId } from "react";

interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "onChange"> {
    label: string;
    /** What helps to fill it in, below it. */
    hint?: string;
    /** What is wrong with it; also told to screen readers. */
    error?: string;
    onChange: (value: string) => void;
}

/** A labelled line of text. */
export function Field({ label, hint, error, onChange, ...rest }: FieldProps) {
    const id = useId();
    const note = error ?? hint;
    return (
        <div className="field">
            <label htmlFor={id}>{label}</label>
            <input
                id={id}
                onChange={(event) => onChange(event.target.value)}
                aria-invalid={error !== undefined}
                aria-describedby={note === undefined ? undefined : `${id}-note`}
                {...rest}
            />
            {note !== undefined && (
                <p id={`${id}-note`} className={error === undefined ? "field-hint" : "form-error"}>{note}</p>
            )}
        </div>
    );
}

import type { FormEvent } from "react";
import { useId, useState } from "react";
import { Button } from "../../parts/button";
import { Dialog } from "../../parts/dialog";
import { Field } from "../../parts/field";
import { useTexts } from "../../text/texts";
import type { Preset, PresetProblem } from "./presets";
import { withPreset } from "./presets";

interface PresetDialogProps {
    presets: readonly Preset[];
    /** Which one is edited; none: a new one. */
    index: number | undefined;
    onSave: (presets: Preset[]) => Promise<boolean>;
    onClose: () => void;
}

export function PresetDialog({ presets, index, onSave, onClose }: PresetDialogProps) {
    const { settings, common } = useTexts();
    const before = index === undefined ? undefined : presets[index];
    const [name, setName] = useState(before?.name ?? "");
    const [text, setText] = useState(before?.text ?? "");
    const [problem, setProblem] = useState<PresetProblem>();
    const id = useId();
    const words = { untitled: settings.presetUntitled, empty: settings.presetEmpty, tooLong: settings.presetTooLong };

    const save = async (event: FormEvent) => {
        event.preventDefault();
        const outcome = withPreset(presets, { name, text }, index);
        if ("problem" in outcome) setProblem(outcome.problem);
        else if (await onSave(outcome.presets)) onClose();
    };
    const textProblem = problem === "empty" || problem === "tooLong" ? words[problem] : undefined;

    return (
        <Dialog title={before === undefined ? settings.presetNew : settings.presetEdit(before.name)} onClose={onClose}>
            <form className="stack" onSubmit={(event) => void save(event)} noValidate>
                <Field
                    label={settings.presetName}
                    value={name}
                    onChange={setName}
                    maxLength={80}
                    error={problem === "untitled" ? words.untitled : undefined}
                    autoFocus
                />
                <div className="field">
                    <label htmlFor={id}>{settings.presetText}</label>
                    <textarea
                        id={id}
                        rows={8}
                        value={text}
                        onChange={(event) => setText(event.target.value)}
                        aria-invalid={textProblem !== undefined}
                        aria-describedby={`${id}-note`}
                    />
                    <p id={`${id}-note`} className={textProblem === undefined ? "field-hint" : "form-error"}>
                        {textProblem ?? settings.presetHint}
                    </p>
                </div>
                <div className="dialog-actions">
                    <Button onClick={onClose}>{common.cancel}</Button>
                    <Button kind="primary" type="submit">{common.save}</Button>
                </div>
            </form>
        </Dialog>
    );
}

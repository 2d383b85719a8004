import type { SignUp } from "../../api/administration";
import { administration } from "../../api/administration";
import { loadSession } from "../../app/session";
import { useTexts } from "../../text/texts";
import { attempt } from "../attempt";
import { Choice } from "../parts/choice";
import { Loaded } from "./loaded";
import { usePoll } from "./use-poll";

/** Who may make an account. */
export function SignUpChoice() {
    const { users } = useTexts();
    const settings = usePoll(administration.settings, "settings");
    const change = (signUp: SignUp) => attempt(async () => {
        await administration.changeSettings({ signUp });
        await Promise.all([settings.refresh(), loadSession()]);
    });
    return (
        <Loaded value={settings.value} failure={settings.failure} onRetry={() => void settings.refresh()}>
            {({ signUp }) => (
                <Choice
                    label={users.signUp}
                    kind="cards"
                    value={signUp}
                    options={[
                        { value: "open", label: users.signUpOpen, hint: users.signUpOpenHint },
                        { value: "invitation", label: users.signUpInvitation, hint: users.signUpInvitationHint },
                        { value: "closed", label: users.signUpClosed, hint: users.signUpClosedHint },
                    ]}
                    onChange={(value) => void change(value)}
                />
            )}
        </Loaded>
    );
}

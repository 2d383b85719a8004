import { useTexts } from "../../text/texts";
import { Gate } from "./gate";

/** Tells where the one-time link for the first administrator is to be found; a demo account may be there before. */
export function SetUpNeeded({ signIn }: { signIn: () => void }) {
    const { account } = useTexts();
    return (
        <Gate title={account.needsSetupTitle} lead={account.needsSetupLead}>
            <ol className="gate-steps">
                {account.needsSetupSteps.map((step) => <li key={step}>{step}</li>)}
            </ol>
            <p className="gate-note">{account.needsSetupMore}</p>
            <p className="gate-note">
                {account.haveAccount}{" "}
                <button type="button" className="text-button" onClick={signIn}>{account.signIn}</button>
            </p>
        </Gate>
    );
}

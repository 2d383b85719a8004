import { Link } from "../../app/router";
import { useTexts } from "../../text/texts";

export function GoToChat() {
    const { account } = useTexts();
    return <Link to="/" className="button primary">{account.goToChat}</Link>;
}

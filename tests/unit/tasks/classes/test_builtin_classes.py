"""The built-in classes on sentences that are not among their examples."""

import re

import pytest

from app.paths import resources
from app.tasks.classes.methods import head_of
from app.tasks.library import load_task

SENTENCES: dict[str, dict[str, list[str]]] = {
    "sentiment": {
        "positive": [
            "The hotel was lovely and the breakfast delicious.",
            "I'm really impressed by how quickly they answered.",
            "Everything arrived on time and works like a charm.",
            "Personel çok ilgiliydi, kesinlikle tekrar geleceğim.",
            "Kaliteli ve uygun fiyatlı, bayıldım.",
            "Super Service, gerne wieder!",
            "Das Essen war köstlich und die Bedienung freundlich.",
            "Une très belle découverte, je recommande.",
            "What a fantastic concert, we enjoyed every minute.",
        ],
        "negative": [
            "The room was dirty and smelled of smoke.",
            "I regret buying this, it stopped working after a week.",
            "Nobody answered my emails, very frustrating.",
            "Kargo çok geç geldi ve kutu ezilmişti, pişmanım.",
            "İlgisiz personel, bir daha asla gelmem.",
            "Leider total enttäuscht, das Gerät ist kaputt.",
            "Viel zu teuer und unfreundlich.",
            "Je suis déçu, le produit ne fonctionne pas.",
            "Worst meal I have had in years, cold and tasteless.",
        ],
        "neutral": [
            "The office is open from Monday to Friday.",
            "Our next meeting is on 3 March at ten.",
            "The package contains a cable and a manual.",
            "Mağaza sabah dokuzda açılıyor.",
            "Raporun ikinci bölümü ekte yer almaktadır.",
            "Der Zug fährt um 8 Uhr ab.",
            "Die Lieferung besteht aus drei Teilen.",
            "The report was sent to the department yesterday.",
            "Le bureau se trouve au deuxième étage.",
        ],
    },
    "moderation": {
        "acceptable": [
            "I think the new park should be open later in the evening.",
            "Thanks for the explanation, that helped me a lot.",
            "Does anyone know when the library opens?",
            "Bence film biraz uzundu ama oyunculuk iyiydi.",
            "Yarın saat kaçta buluşuyoruz?",
            "Ich bin anderer Meinung, weil die Kosten steigen.",
            "The recipe worked well, I used less sugar.",
        ],
        "insult": [
            "You're a complete moron, get lost.",
            "What an idiot, how dumb can you be?",
            "You are a worthless piece of trash.",
            "Senin gibi aptal görmedim, mal herif.",
            "Salak mısın, defol git.",
            "Du Vollidiot, was bist du für ein Trottel.",
            "Ferme-la, pauvre imbécile.",
        ],
        "hate": [
            "Those immigrants are all criminals and should be deported like animals.",
            "People of that race are inferior and disgusting.",
            "Bu mülteciler hepsi pislik, ülkeden atılmalı.",
            "Diese Ausländer sind alle Verbrecher, raus mit ihnen.",
        ],
        "threat": [
            "I'm going to kill you if you say that again.",
            "Wait until I get my hands on you, I'll break your legs.",
            "Seni öldüreceğim, bekle gör.",
            "Ich werde dich finden und verprügeln.",
        ],
        "sexual": [
            "Send me your nudes, baby, I want to see you naked.",
            "Watch hot porn videos of horny girls.",
            "Sana seks yapmak istiyorum, çıplak fotoğrafını at.",
            "Geile Frauen suchen Sex, nackt vor der Kamera.",
        ],
        "spam": [
            "You have won a $1000 gift card, click the link to claim it now!",
            "Earn money fast from home, guaranteed income, sign up today.",
            "Cheap loans approved instantly, no credit check, call now.",
            "Tebrikler, ücretsiz telefon kazandınız, linke tıklayın.",
            "Gewinnen Sie jetzt ein iPhone, klicken Sie hier!",
        ],
    },
    "ticket_triage": {
        "hardware": [
            "My mouse stopped working this morning.",
            "The projector in room 5 does not turn on.",
            "Notebook battery no longer charges.",
            "Klavyemin bazı tuşları çalışmıyor.",
            "Mein Bildschirm flackert.",
        ],
        "software": [
            "Outlook freezes every time I open a calendar entry.",
            "Need the new version of the accounting software installed.",
            "Uygulama sürekli çöküyor.",
            "Nach dem Update startet das Programm nicht.",
        ],
        "access": [
            "I can't log in, it says my password is wrong.",
            "Please grant me permission to the shared folder of finance.",
            "Hesabıma giriş yapamıyorum, parolam çalışmıyor.",
            "Bitte mein Kennwort zurücksetzen.",
        ],
        "network": [
            "The wireless connection drops every few minutes.",
            "I cannot reach the VPN from my hotel.",
            "Ofiste internet yok.",
            "Keine Internetverbindung seit heute früh.",
        ],
        "billing": [
            "The amount on my invoice is too high.",
            "I would like a refund for the double payment.",
            "Faturada fazla ücret alınmış.",
            "Bitte erstatten Sie mir den Betrag der Rechnung.",
        ],
        "purchasing": [
            "We would like to order ten new chairs for the office.",
            "Please get a quote for five monitors from the supplier.",
            "İki adet dizüstü bilgisayar satın almak istiyoruz.",
        ],
        "hr": [
            "I would like to take vacation from 1 to 10 July.",
            "Where can I find my pay slip?",
            "Yıllık izin talebimi nasıl iletebilirim?",
            "Wann wird mein Gehalt ausgezahlt?",
        ],
        "other": [
            "Someone left a jacket in the lobby.",
            "The plants in the corridor need water.",
            "Who is responsible for the Christmas party?",
        ],
    },
    "intent": {
        "question": [
            "Do you have this jacket in blue?",
            "How much does the shipping cost?",
            "What documents do I need for the application?",
            "Mağazanız pazar günü açık mı?",
            "Wo finde ich die Bedienungsanleitung?",
            "Quel est le délai de livraison ?",
        ],
        "request": [
            "Please update my email address.",
            "Could you send me the contract again?",
            "Bana faturanın bir kopyasını gönderir misiniz?",
            "Bitte ändern Sie meine Telefonnummer.",
            "Please forward this to your manager.",
        ],
        "complaint": [
            "I am extremely disappointed, the parcel was damaged.",
            "Your driver was rude and arrived two hours late.",
            "Hizmetinizden hiç memnun değilim, ürün bozuk çıktı.",
            "Ich beschwere mich über den schlechten Service.",
            "The heating still does not work, this is unacceptable.",
        ],
        "order": [
            "I would like to buy three copies of the book.",
            "Please book a double room for Saturday.",
            "Beş kutu kahve sipariş vermek istiyorum.",
            "Ich möchte zwei Stühle bestellen.",
        ],
        "cancellation": [
            "Please cancel my order from yesterday.",
            "I want to terminate my contract at the end of the month.",
            "Aboneliğimi iptal edin lütfen.",
            "Ich möchte mein Abo kündigen.",
        ],
        "scheduling": [
            "Could we move our appointment to Wednesday?",
            "Are you available on Monday at 2 pm?",
            "Yarınki toplantıyı öğleden sonraya alabilir miyiz?",
            "Können wir den Termin auf Montag verschieben?",
        ],
        "thanks": [
            "Thanks a lot, you were very kind!",
            "Thank you, everything is fine now.",
            "Yardımınız için çok teşekkürler.",
            "Herzlichen Dank und schöne Grüße!",
        ],
        "other": [
            "I am out of the office until 5 May.",
            "This is an automatically generated message.",
            "Bu otomatik bir mesajdır, yanıtlamayınız.",
        ],
    },
}


@pytest.mark.parametrize("task_id", SENTENCES)
def test_built_in_classes_know_sentences_they_have_not_seen(task_id: str):
    task = load_task(resources() / "tasks" / f"{task_id}.toml")
    head = head_of(task)
    assert head is not None
    asked = [(text, label) for label, texts in SENTENCES[task_id].items() for text in texts]
    assert not {text for text, _ in asked} & {text for label in task.labels for text in label.examples}
    answers = [head.labels[int(head.probabilities(text).argmax())] for text, _ in asked]
    right = sum(answer == label for answer, (_, label) in zip(answers, asked, strict=True))
    assert right >= 0.85 * len(asked)


@pytest.mark.parametrize("task_id", [*SENTENCES, "document_type"])
@pytest.mark.parametrize("language", ["en", "tr", "de"])
def test_built_in_classes_have_examples_in_several_languages(task_id: str, language: str):
    typical = re.compile({"en": r"\b(the|is|my)\b", "tr": r"\w*ı\w*", "de": r"\b(ich|die|ist|nicht|bitte)\b"}[language])
    task = load_task(resources() / "tasks" / f"{task_id}.toml")
    assert any(typical.search(text) for label in task.labels for text in label.examples)
    assert all(len(label.examples) >= 5 for label in task.labels)

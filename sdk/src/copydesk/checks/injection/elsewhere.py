"""The phrases of injected instructions in other languages than English, as RE2 patterns.

Spaces are as in the English ones. Letters beyond ASCII need no word boundary of RE2, which knows only ASCII.
"""

from __future__ import annotations

from typing import Final

OVERRIDE: Final = (
    (
        r"(?:\b(?:ignorier|vergiss|vergesse|missacht|verwirf)|über(?:geh|schreib))\w*(?: (?:bitte|jetzt"
        r"|nun|du|sie))*"
        r"(?: (?:alle\w*|die|deine|ihre|sämtliche|sonstige|und))* (?:vorherig|bisherig|obig|früher"
        r"|vorangegangen|vorig"
        r"|vorangehend|vorstehend|ursprünglich|gegeben|genannt)\w* (?:system)?(?:anweisung|instruktion"
        r"|regel|vorgabe"
        r"|befehl|richtlinie|prompt|aufforderung)\w*"
    ),
    (
        r"\b(?:ignorier|vergiss|vergesse|missacht)\w*(?: (?:bitte|sie|alle\w*|die|deine|ihre))* "
        r"(?:system)?(?:anweisung|instruktion|regel|befehl|richtlinie)\w* (?:davor|oben|zuvor"
        r"|von (?:oben|vorhin))\b"
    ),
    (
        r"\b(?:ignorier|vergiss|missacht)\w* (?:bitte |alle )?deine "
        r"(?:system)?(?:anweisung|richtlini|instruktion|programmierung)"
    ),
    (
        r"\b(?:ignorier|vergiss|vergesse|missacht)\w*(?: sie)? alle?s?,? was (?:bisher|zuvor|vorher|davor"
        r"|oben|dir|ihnen)\b"
    ),
    (
        r"\b(?:ignor|oubli)(?:e|ez|er|iez)(?: (?:toutes?|tous|les|tes|vos|ces))* (?:instructions"
        r"|consignes|directives|règles)"
        r" (?:précédentes|antérieures|ci-dessus|initiales|du système)"
    ),
    r"\boubli(?:e|ez) tout ce qui (?:précède|a été dit)",
    (
        r"\b(?:ignora|ignore|ignorar|olvida|olvide)(?: (?:todas?|las|tus|sus|estas))* (?:instrucciones"
        r"|indicaciones|órdenes|reglas)"
        r" (?:anteriores|previas|de arriba|del sistema)"
    ),
    (
        r"\b(?:ignora|ignorate|dimentica)(?: (?:tutte|le|tue))* (?:istruzioni|indicazioni|regole)"
        r" (?:precedenti|di cui sopra|iniziali)"
    ),
    (
        r"\b(?:ignore|ignora|esqueça|esquece)(?: (?:todas|as|suas|tuas))* (?:instruções|ordens|regras)"
        r" (?:anteriores|prévias|acima)"
    ),
    (
        r"\b(?:negeer|vergeet)(?: (?:alle|de|je|uw))* (?:vorige|voorgaande|eerdere|bovenstaande)"
        r" (?:instructies|opdrachten|regels)"
    ),
    (
        r"\b(?:zignoruj|ignoruj|zapomnij)(?: (?:wszystkie|o|wszystkich))* (?:poprzedni|wcześniejsz"
        r"|powyższ)\S+ (?:instrukcj|poleceni|zasad)"
    ),
    (
        r"(?:игнорируй|проигнорируй|забудь)(?:те)?(?: (?:все|про|обо|всех|свои))* (?:предыдущи|прежни"
        r"|прошлы|вышеуказанн)\S+ (?:инструкци|указани|правил|команд)"
    ),
    (
        r"(?:忽略|无视|無視|忘记|忘記|不要理会)(?:掉)?(?:你)?(?:所有|全部|一切|之前|以上|上面|前面|先前|上述|的|系统|系統|任何|你|收到|給出|给出)+(?:指令"
        r"|指示|说明"
        r"|說明|提示|规则|規則|命令|内容)"
    ),
    r"(?:以前|上記|これまで|前|先|今まで)の(?:すべての|全ての|全)?(?:指示|命令|ルール|プロンプト)(?:を|は)(?:すべて|全て)?(?:無視|忘れ)",
    (
        r"\b(?:ignorier|vergiss|missacht|übergeh|umgeh|verwirf)\w*(?: (?:bitte|jetzt|nun|sie))*,? "
        r"alle?s?,? was "
        r"(?:bisher|zuvor|vorher|davor|oben|dir|darüber)\b"
    ),
    (
        r"(?:\b(?:ignorier|missacht|umgeh|verwirf)|\bvergiss|übergeh)\w*(?: bitte)? (?:alle|sämtliche|deine"
        r"|jegliche) "
        r"(?:sicherheits|inhalts|system|ethik)?-?(?:richtlinien|anweisungen|vorgaben|instruktionen"
        r"|sicherheitsregeln)\b"
    ),
    (
        r"\b(?:befolg|beacht)\w*(?: \S+){0,2} (?:obigen|vorherigen|bisherigen|früheren|vorigen) "
        r"(?:anweisungen|regeln|instruktionen|vorgaben) nicht\b"
    ),
    (
        r"\bhalte? dich nicht (?:mehr )?an (?:die |deine )?(?:\S+ )?(?:regeln|anweisungen|vorgaben"
        r"|richtlinien)\b"
    ),
    (
        r"\b(?:bisherigen|obigen|vorherigen|früheren|deine) (?:anweisungen|regeln|instruktionen|vorgaben"
        r"|richtlinien) "
        r"(?:gelten (?:ab (?:jetzt|sofort) )?nicht mehr|sind (?:ab (?:jetzt|sofort) )?(?:ungültig"
        r"|aufgehoben|hinfällig|nichtig))"
    ),
    r"\b(?:ignorier|umgeh|missacht|vergiss|lösch)\w* (?:bitte )?(?:den|deinen|alle) system-?prompts?\b",
    r"\b(?:ignora|dimentica)\w* (?:tutte )?le istruzioni (?:ricevute|date|fornite)\b",
    r"\b(?:negeer|vergeet) je (?:instructies|regels|opdrachten)\b",
    r"\bsetze? (?:alle|deine|sämtliche) (?:vorgaben|regeln|anweisungen|richtlinien|filter) außer kraft\b",
    r"\bschalte? (?:alle )?deine (?:\S*filter|schutz\S*|sicherheits\S*) (?:aus|ab)\b",
    (
        r"\b(?:ignor|oubli)(?:e|ez|er|iez) (?:toutes? )?(?:tes|vos) (?:instructions|consignes|directives"
        r"|règles)"
        r"(?: ?[.!,;\n]| ?$| et\b)"
    ),
    (
        r"\bne (?:suis|suivez|respectez?) (?:plus|pas) (?:les|tes|vos) (?:instructions|consignes|directives"
        r"|règles) (?:précédentes|ci-dessus|initiales)"
    ),
    (
        r"\b(?:ignora|ignore|olvida|olvide) (?:todas )?(?:tus|sus) (?:instrucciones|reglas"
        r"|directrices)(?: ?[.!,;\n]| ?$| y\b)"
    ),
    r"\bno sigas? (?:las|tus) (?:instrucciones|reglas|órdenes) (?:anteriores|previas)",
    r"\b(?:ignora|ignore|olvida|olvide) todo lo (?:anterior|de arriba|que se te dijo)",
    r"\b(?:ignora|dimentica) (?:tutte )?le tue (?:istruzioni|regole)",
    r"\b(?:ignora|dimentica) tutto (?:quello|ciò) che (?:ti è stato|ti hanno) (?:detto|chiesto)",
    r"\b(?:ignore|ignora|esqueça|esquece) (?:todas )?(?:as )?(?:suas|tuas) (?:instruções|regras"
    r"|diretrizes)",
    r"\b(?:negeer|vergeet) alles wat (?:hiervoor|hierboven|eerder|je verteld)",
    r"\bvolg de (?:eerdere|vorige|bovenstaande) (?:instructies|regels) niet\b",
    (
        r"\b(?:zignoruj|ignoruj|zapomnij)\w* (?:o )?(?:wszystkie|wszystkich|swoje|swoich) (?:instrukcj"
        r"|poleceni|zasad)\S+"
    ),
    (
        r"(?:игнорируй|проигнорируй|забудь)(?:те)? (?:(?:все|свои|твои|всех|про) )+(?:инструкци|указани"
        r"|правил|команд)"
    ),
    r"이전(?:의)? ?(?:모든 ?)?(?:지시|명령|지침)(?:사항)?(?:를|을)? ?(?:모두 |전부 )?(?:무시|잊)",
    r"(?:önceki|yukarıdaki|tüm|bütün) (?:tüm |bütün |önceki )?(?:talimat|yönerge|komut|mesaj|kural|sistem"
    r" mesaj)\S* "
    r"(?:yok say|görmezden gel|unut)",
    r"kısıtlama(?:lar)?\S* kaldır|güvenlik politikaların\S* (?:geçersiz|devre dışı|yok say)",
    r"\bolvida(?:te)?(?: de)? (?:todas las|tus) (?:instrucciones|reglas)(?: ?[.,!;\n]| ?$| y\b)",
    r"\bab (?:jetzt|sofort) gelten (?:nur |nur noch )?meine (?:regeln|anweisungen|vorgaben)\b",
    (
        r"\b(?:ignorier|vergiss|missacht|verwirf|übergeh|überschreib)\w*(?: bitte)?(?: alles)?,? was "
        r"(?:man )?dir "
        r"(?:\S+ )?(?:gesagt|vorgegeben|beigebracht|aufgetragen)"
    ),
    (
        r"\b(?:statt|anstatt) (?:den |die |das |dieses? )?(?:text|zusammenfassung|übersetzung|aufgabe"
        r"|anfrage|anweisung)\w* zu "
        r"\S+,? (?:gib|schreib|antworte|sag|nenn)"
    ),
    r"\b(?:ab jetzt|ab sofort|von nun an) gibt es (?:für dich )?keine (?:regeln|einschränkungen|grenzen"
    r"|filter)\b",
    (
        r"\bignor(?:er|era) (?:alla|alle|de|dina|dine) (?:tidigare|tidligere|föregående|foregående|forrige"
        r"|ovanstående) "
        r"(?:instruktion|anvisning|instruks|regl|reg)\S*"
    ),
    r"تجاهل (?:جميع |كل )?(?:التعليمات|الأوامر|القواعد) السابقة",
    r"\bignoruj(?:te)? (?:všechny )?(?:předchozí|dosavadní|předešlé) (?:pokyn|instrukc|příkaz|pravid)\S*",
    r"(?:jätä huomiotta|unohda|ohita) (?:kaikki )?(?:aiemmat|edelliset|aikaisemmat) (?:ohje|käsky"
    r"|määräy)\S*",
)
NEW_INSTRUCTIONS: Final = (
    r"\bdeine (?:neue|eigentliche|wahre|wirkliche) (?:aufgabe|anweisung|rolle)(?: ist\b| lautet\b| ?:)",
    r"\b(?:ta|votre) (?:nouvelle|vraie|véritable) (?:tâche|mission|consigne) est\b",
    r"\btu (?:nueva|verdadera) (?:tarea|misión|instrucción) es\b",
    r"\bil tuo (?:nuovo|vero) (?:compito|incarico) è",
)
ROLE_PLAY: Final = (
    (
        r"\b(?:antworte|schreib|sprich)\w* (?:\S+ )?ohne (?:jegliche |jede |alle )?(?:filter|zensur"
        r"|einschränkungen)\b"
    ),
    (
        r"\bdu bist (?:jetzt|nun|ab (?:jetzt|sofort)) eine? \S+ (?:\S+ )?ohne "
        r"(?:regeln|einschränkungen|grenzen|filter|beschränkungen|moral)\b"
    ),
    (
        r"\btu so,? als (?:hättest du|ob du|gäbe es|wärst du)(?: \S+){0,2} "
        r"(?:keine(?:rlei)?|ohne) (?:einschränkungen|regeln|grenzen|filter|richtlinien|beschränkungen)\b"
    ),
    (
        r"\b(?:ki|chatbot|sprachmodell) ohne (?:jede |jegliche )?(?:regeln|einschränkungen"
        r"|grenzen|filter|beschränkungen)\b"
    ),
    r"\bbeantwort\w*(?: \S+){0,4} ohne (?:jede |jegliche |alle )?(?:einschränkung|zensur|filter)(?:en)?\b",
    (
        r"\bsicherheitsrichtlinien(?: \S+){0,2} nicht gelten\b|\breglas de seguridad no (?:se )?aplican\b"
        r"|\br[eè]gles de s[eé]curit[eé] ne s'appliquent pas\b|\blinee guida di sicurezza non (?:valgono"
        r"|si applicano)\b"
    ),
    r"\b(?:ia|assistant|chatbot) sans (?:aucune )?(?:restriction|limite|filtre|règle|censure)s?\b",
    r"\b(?:asistente|chatbot) sin (?:restricciones|límites|filtros|reglas|censura)\b",
    r"\b(?:assistente|chatbot) (?:senza (?:restrizioni|limiti|filtri|regole|censura)|sem (?:restrições"
    r"|limites|filtros|regras))",
    r"sansürsüz (?:bir )?(?:cevap|yanıt|içerik|üret)|kısıtlaması olmayan (?:\S+ ){0,3}yapay zek[âa]|"
    r"(?:filtresiz|sınırsız) bir dil modeli",
    r"\bcomme si tu n'avais (?:aucune|pas de) (?:limite|restriction|règle|consigne)s?\b",
    r"\bia sin (?:restricciones|límites|filtros|reglas)",
    r"\b(?:ia|intelligenza artificiale) senza (?:restrizioni|limiti|filtri|regole)",
    r"\bia sem (?:restrições|limites|filtros|regras)",
    r"\bai zonder (?:beperkingen|regels|filters|grenzen)",
    r"режим\S* (?:dan|дэн)\b|аморальн\S+ (?:чат-?бот|ии)",
    r"ии без (?:ограничени|правил|фильтр|цензур)",
    r"(?:你|您)(?:现在|從現在|从现在)?.{0,6}(?:没有|沒有)(?:任何)?(?:限制|约束|約束|规则|規則)",
    r"(?:制限|制約|規制)の(?:ない|無い) ?ai",
    r"제한(?:이)? ?없는 ?ai",
)
LEAK: Final = (
    r"\b(?:ton|votre) prompt système|\b(?:tu|su) prompt (?:de|del) sistema|\btuo prompt di sistema",
    r"\b(?:je|jouw|uw) systeem-?prompt\b|\bdeine[nms]? system-?prompts?\b|\bseu prompt d[eo] sistema",
    r"\b(?:text|wortlaut|inhalt) deine[rs] (?:anweisungen|prompts?|systemprompts?|instruktionen)\b",
    r"\b(?:zeig|verrate?|nenn|gib|druck|wiederhol)\w*(?: (?:mir|uns|bitte))* deinen (?:\S+ )?prompt\b",
    (
        r"\b(?:zeig|verrate?|nenn|gib|druck|wiederhol)\w*(?: (?:mir|uns|bitte))* (?:deine?n?|den|die"
        r"|ihre?n?) (?:kompletten |ganzen |geheimen? |vollständigen? )?(?:system-?prompt|systemanweisung"
        r"|systemnachricht|geheimen anweisung)"
    ),
    (
        r"\b(?:zeig|verrate?|nenn|gib|druck|wiederhol|schreib)\w*(?: (?:mir|uns|bitte))* deine (?:\S+ "
        r")?(?:anweisungen|instruktionen)(?: ?[.!\n]| ?$| aus\b)"
    ),
    r"\bwas steht in deine[mnr]? (?:system-?prompt|prompt|systemnachricht|anweisungen)",
    (
        r"\bwiederhole? (?:bitte )?(?:alles|den text),? (?:was|der) (?:über|oberhalb|vor) (?:dieser|diesem"
        r"|dieses)"
    ),
    r"\bwie laute(?:t|n) deine? (?:\S+ )?(?:prompt|anweisung(?:en)?|instruktion(?:en)?|systemprompt)\b",
    r"\bwelche (?:anweisungen|instruktionen) hast du (?:bekommen|erhalten)",
    r"\b(?:révèle|affiche|montre|donne|écris)(?:z)?(?: ?-?moi)? (?:ton|votre|le) (?:prompt|invite) ?",
    (
        r"\b(?:révèle|affiche|montre|donne|écris)(?:z)?(?: ?-?moi)? (?:tes|vos) (?:instructions"
        r"|consignes)(?: ?[.!\n]| ?$| système)"
    ),
    r"\b(?:révèle|affiche|montre|donne|écris)(?:z)?(?: ?-?moi)? \S+ment (?:tes|vos) (?:instructions"
    r"|consignes)\b",
    r"\b(?:mostra|rivela|stampa|scrivi)(?:mi)? le tue istruzioni(?: ?[.!\n]| ?$| di sistema| parola)",
    r"(?:sistem|gizli) (?:istem|talimat|yönerge|mesaj)\S* (?:\S+ ){0,3}(?:sızdır|göster|yaz|açıkla|paylaş)",
    r"\b(?:muestra|muéstra|revela|dime|di|imprime|escribe)(?:me)? (?:tu|el|su) prompt\b",
    (
        r"\b(?:muestra|muéstra|revela|dime|imprime|escribe)(?:me)? (?:tus|sus) instrucciones(?: ?[.!\n]| ?$"
        r"| del sistema)"
    ),
    r"\b(?:mostra|rivela|stampa|scrivi|dimmi)(?:mi)? (?:il tuo|il) prompt\b",
    r"\b(?:mostre|mostra|revele|exiba|imprima)(?:-me)? (?:o seu|seu|o teu|teu|o) prompt\b",
    r"\b(?:toon|geef|onthul|herhaal)(?: me| mij)? (?:je|jouw|uw|de) (?:systeem-?)?prompt\b",
    r"\b(?:pokaż|ujawnij|podaj|wypisz)(?: mi)? (?:swój|twój|swoje) (?:systemowy )?prompt",
    r"(?:покажи|раскрой|выведи|повтори)(?:те)?(?: мне)?(?: свой| твой| ваш)? (?:системный )?(?:промпт"
    r"|промт)",
    r"(?:显示|顯示|输出|輸出|告诉我|告訴我|打印|重复|泄露|透露)(?:出)?(?:你的|您的)?(?:系统|系統|初始)?(?:提示词|提示詞|提示语|系统提示|系統提示|系统指令|初始指令)",
    r"(?:システム)?プロンプトを(?:表示|教え|出力|見せ|開示)",
    r"(?:시스템 ?)?프롬프트(?:를|을)? ?(?:보여|출력|알려|공개)",
)

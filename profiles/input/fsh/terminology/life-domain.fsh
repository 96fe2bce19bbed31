CodeSystem: PositiveHealthDimensionCodes
Id: mgn-life-domain
Title: "Dimensions of positive health"
Description: "The six dimensions of positive health, which a person scores. The names only; no questionnaire or manual is included."
* insert Dutch("Dimensies van positieve gezondheid")
* insert Complete
* insert Code(bodily-functions, "Bodily functions", "Lichaamsfuncties", "Feeling healthy\, complaints\, sleep\, eating\, moving.")
* insert Code(mental-wellbeing, "Mental wellbeing", "Mentaal welbevinden", "Remembering\, concentrating\, being cheerful\, coping with change.")
* insert Code(meaningfulness, "Meaningfulness", "Zingeving", "A meaningful life\, wanting to live\, ideals\, trust.")
* insert Code(quality-of-life, "Quality of life", "Kwaliteit van leven", "Enjoying life\, being happy\, feeling safe\, housing\, having enough money.")
* insert Code(participation, "Participation", "Meedoen", "Social contacts\, being taken seriously\, doing things together\, belonging.")
* insert Code(daily-functioning, "Daily functioning", "Dagelijks functioneren", "Looking after oneself\, knowing one's limits\, handling time and money\, being able to work.")
